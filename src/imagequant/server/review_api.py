"""``/v1/review``: rows to look at, photos, decisions."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from imagequant.core.errors import InputError
from imagequant.quantity.units import ENTITY_UNITS
from imagequant.server.guards import REVIEWER_KEY
from imagequant.server.problems import declared, problem
from imagequant.server.review.desk import Desk
from imagequant.server.review.photos import PrintedQuantity
from imagequant.server.review.rows import ReviewRow
from imagequant.server.review.store import Progress, TakenError, Verdict

_NAME = r"^[A-Za-z0-9][A-Za-z0-9 _.@-]{0,39}$"
Reviewer = Annotated[str, Field(pattern=_NAME, description="Who looks; the name of Basic authentication goes before")]


class ItemModel(BaseModel):
    """A row to look at; `choices` are what was read in units of its entity, the model's answer first."""

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
    """The row that is the reviewer's now, if any is left, and how far everybody is."""

    reviewer: str
    item: ItemModel | None
    progress: Progress


class DecisionModel(BaseModel):
    """What a reviewer says about a row."""

    reviewer: Reviewer
    source: str = Field(max_length=4096)
    source_row: int = Field(ge=1, le=2**53)
    verdict: Verdict
    value: str = Field("", max_length=100, description="With `corrected`: number and unit, such as `500 gram`")


class ReviewerModel(BaseModel):
    """Who asks."""

    reviewer: Reviewer


def review_routes(desk: Desk) -> APIRouter:
    """The routes, bound to one desk. They are plain functions, so they run in threads: SQLite waits."""
    router = APIRouter(prefix="/v1/review", tags=["review"])

    @router.get("/next", responses=declared(422), summary="The row to look at")
    def next_row(request: Request, reviewer: Annotated[Reviewer, Query()]) -> DeskModel:
        """The least certain row that nobody else has or has decided. It is the reviewer's for five minutes."""
        return _desk(desk, _named(request, reviewer))

    @router.post("/decisions", responses=declared(400, 404, 408, 409, 413, 422, 503), summary="Decide a row")
    def decide(request: Request, decision: DecisionModel) -> DeskModel:
        """Keeps the decision and gives the next row."""
        reviewer = _named(request, decision.reviewer)
        row = desk.store.row((decision.source, decision.source_row))
        if row is None:
            raise problem(404, f"{decision.source}, row {decision.source_row} is none of the rows to look at")
        try:
            desk.decide(reviewer, row, decision.verdict, decision.value)
        except InputError as error:
            raise problem(422, str(error)) from None
        except TakenError as error:
            raise problem(409, str(error)) from None
        return _desk(desk, reviewer)

    @router.post("/undo", responses=declared(400, 404, 408, 413, 422, 503), summary="Take the last decision back")
    def undo(request: Request, who: ReviewerModel) -> DeskModel:
        """Gives the reviewer the row of their last decision again."""
        reviewer = _named(request, who.reviewer)
        if desk.undo(reviewer) is None:
            raise problem(404, "there is no decision of yours to take back")
        return _desk(desk, reviewer)

    jpeg: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}

    @router.get(
        "/photos/{sha256}", responses=jpeg | declared(404, 422), response_class=Response, summary="A row's photo"
    )
    def photo(sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
        """As an upright JPEG."""
        try:
            picture = desk.photos.picture(sha256)
        except InputError as error:
            raise problem(404, str(error)) from None
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})

    return router


def _named(request: Request, reviewer: str) -> str:
    """The name given with the token, where there is one: nobody decides for others."""
    name = str(request.scope.get(REVIEWER_KEY) or reviewer)
    if not re.fullmatch(_NAME, name):
        raise problem(422, f"reviewer: {name!r}: letters, digits, spaces and _.@- are allowed, 40 in all")
    return name


def _desk(desk: Desk, reviewer: str) -> DeskModel:
    row = desk.store.next(reviewer)
    item = _item(desk, row) if row else None
    return DeskModel(reviewer=reviewer, item=item, progress=desk.store.progress(reviewer))


def _item(desk: Desk, row: ReviewRow) -> ItemModel:
    evidence = desk.photos.evidence(row)
    return ItemModel(**vars(row), **vars(evidence), units=sorted(ENTITY_UNITS[row.entity]))
