"""``/v1/review``: rows, photos and decisions."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from imagequant.core.errors import InputError
from imagequant.quantity.units import ENTITY_UNITS
from imagequant.server.guards import REVIEWER_KEY
from imagequant.server.review.desk import Desk, Progress, TakenError, Verdict
from imagequant.server.review.rows import PrintedQuantity
from imagequant.server.schemas import declared, problem

_NAME = r"^[A-Za-z0-9][A-Za-z0-9 _.@-]{0,39}$"
Reviewer = Annotated[str, Field(pattern=_NAME, description="Reviewer; a Basic authentication name takes precedence")]


class ItemModel(BaseModel):
    """A row to review; `choices` are the quantities read in units of its entity, the model's answer first."""

    source: str
    source_row: int
    split: str
    image_link: str
    entity: str
    sha256: str
    label: str
    labelled: bool
    prediction: str
    confidence: float
    width: int
    height: int
    units: list[str]
    choices: tuple[PrintedQuantity, ...]


class DeskModel(BaseModel):
    """The reviewer's current row, if any is left, and everyone's progress."""

    reviewer: str
    item: ItemModel | None
    progress: Progress


class DecisionModel(BaseModel):
    """A reviewer's decision on a row."""

    reviewer: Reviewer
    source: str = Field(max_length=4096)
    source_row: int = Field(ge=1, le=2**53)
    verdict: Verdict
    value: str = Field("", max_length=100, description="With `corrected`: number and unit, such as `500 gram`")


class ReviewerModel(BaseModel):
    """The reviewer."""

    reviewer: Reviewer


def review_routes(desk: Desk) -> APIRouter:
    """Return the routes, bound to one desk. They are not async, so that SQLite can wait in threads."""
    router = APIRouter(prefix="/v1/review", tags=["review"])

    @router.get("/next", responses=declared(422), summary="Get a row to review")
    def next_row(request: Request, reviewer: Annotated[Reviewer, Query()]) -> DeskModel:
        """Return the least certain row that is undecided and not shown to others, and reserve it for five minutes."""
        return _desk(desk, _named(request, reviewer))

    @router.post("/decisions", responses=declared(400, 404, 408, 409, 413, 422, 503), summary="Decide a row")
    def decide(request: Request, decision: DecisionModel) -> DeskModel:
        """Save the decision and return the next row."""
        reviewer = _named(request, decision.reviewer)
        row = desk.store.row((decision.source, decision.source_row))
        if row is None:
            raise problem(404, f"{decision.source}, row {decision.source_row} is not one of the rows to review")
        try:
            desk.decide(reviewer, row, decision.verdict, decision.value)
        except (InputError, TakenError) as error:
            raise problem(422 if isinstance(error, InputError) else 409, str(error)) from None
        return _desk(desk, reviewer)

    @router.post("/undo", responses=declared(400, 404, 408, 413, 422, 503), summary="Undo the last decision")
    def undo(request: Request, who: ReviewerModel) -> DeskModel:
        """Undo the reviewer's last decision and return its row."""
        reviewer = _named(request, who.reviewer)
        if desk.undo(reviewer) is None:
            raise problem(404, "you have no decision to undo")
        return _desk(desk, reviewer)

    jpeg: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}

    @router.get(
        "/photos/{sha256}", responses=jpeg | declared(404, 422), response_class=Response, summary="A row's photo"
    )
    def photo(sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
        """Return an upright JPEG."""
        try:
            picture = desk.photos.picture(sha256)
        except InputError as error:
            raise problem(404, str(error)) from None
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})

    return router


def _named(request: Request, reviewer: str) -> str:
    """Return the name given with the token, or else the reviewer: no one can decide for others."""
    name = str(request.scope.get(REVIEWER_KEY) or reviewer)
    if not re.fullmatch(_NAME, name):
        raise problem(422, f"reviewer: {name!r}: up to 40 letters, digits, spaces and _.@- are allowed")
    return name


def _desk(desk: Desk, reviewer: str) -> DeskModel:
    row = desk.store.next(reviewer)
    item = None
    if row is not None:
        item = ItemModel(**vars(row), **vars(desk.photos.evidence(row)), units=sorted(ENTITY_UNITS[row.entity]))
    return DeskModel(reviewer=reviewer, item=item, progress=desk.store.progress(reviewer))
