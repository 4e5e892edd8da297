"""``/v1/review``: rows, photos and decisions."""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from imagequant.core.errors import InputError
from imagequant.quantity.domain import Domain
from imagequant.server.guards import REVIEWER_KEY
from imagequant.server.review.desk import Desk, Progress, TakenError, Verdict
from imagequant.server.review.rows import Part, PrintedQuantity, ReviewRow, Selection
from imagequant.server.schemas import declared, problem
from imagequant.server.units_api import by_size
from imagequant.storage.raw import Correction

# Letters of any script: Zoë, Łukasz, 李.
_NAME = r"^[^\W_][\w .@'-]{0,39}$"
_ALLOWED = "up to 40 letters, digits, spaces and _.@'- are allowed, a letter or digit first"


def _checked_name(name: str) -> str:
    """Return the name in one spelling: an ë may be one character or two."""
    composed = unicodedata.normalize("NFC", name)
    if not re.fullmatch(_NAME, composed) and not re.fullmatch(_NAME, name):
        raise ValueError(_ALLOWED)
    return composed


Reviewer = Annotated[
    str,
    AfterValidator(_checked_name),
    Field(json_schema_extra={"pattern": _NAME}, description="Reviewer; a Basic authentication name takes precedence"),
]
Row = Annotated[int, Field(ge=1, le=2**53)]
Source = Annotated[str, Field(max_length=4096)]


class DecidedModel(BaseModel):
    """Who decided a row, and how; an empty value means that the photo has no answer."""

    reviewer: str
    value: str


class ItemModel(BaseModel):
    """A row to review; `choices` are the quantities read in units of its entity, the model's answer first."""

    source: str
    source_row: int
    part: Part
    image_link: str
    entity: str
    sha256: str
    label: str
    labelled: bool
    problem: str = Field(description="Why the label cannot be used; empty if it can")
    prediction: str
    confidence: float
    width: int
    height: int
    units: list[str]
    choices: tuple[PrintedQuantity, ...]
    decided: DecidedModel | None


class DeskModel(BaseModel):
    """The reviewer's current row, if any is left, and everyone's progress."""

    reviewer: str
    item: ItemModel | None
    progress: Progress


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reviewer: Reviewer


class DecisionModel(_Body):
    """A reviewer's decision on a row."""

    source: Source
    source_row: Row
    verdict: Verdict
    value: str = Field("", max_length=100, description="With `corrected`: number and unit, such as `500 gram`")


class UndoModel(_Body):
    """The reviewer, and the row whose decision to undo; without it, the last one."""

    source: Source = ""
    source_row: int = Field(0, ge=0, le=2**53)


def selection_reader(domain: Domain) -> Callable[..., Selection]:
    """Return the dependency that reads which rows of a project with these entities a query selects."""
    known = StrEnum("Entity", {name: name for name in domain.names})  # type: ignore[misc]

    def read_selection(
        entity: Annotated[known | None, Query(description="Only rows of this entity")] = None,
        part: Annotated[Part | None, Query(description="Only validation, test or training rows")] = None,
        low: Annotated[float, Query(ge=0, le=1, description="Least confidence")] = 0.0,
        high: Annotated[float, Query(ge=0, le=1, description="Greatest confidence")] = 1.0,
    ) -> Selection:
        """Return the rows that a query selects."""
        return Selection(str(entity or ""), part or "", low, high)

    return read_selection


def review_routes(desk: Desk) -> APIRouter:
    """Return the routes, bound to one desk. They are not async, so that SQLite can wait in threads."""
    router = APIRouter(prefix="/v1/review", tags=["review"])
    selected = Annotated[Selection, Depends(selection_reader(desk.domain))]

    @router.get("/next", responses=declared(422), summary="Get a row to review")
    def next_row(request: Request, reviewer: Annotated[Reviewer, Query()], selection: selected) -> DeskModel:
        """Return the first selected row that is undecided and not shown to others, and reserve it for five minutes."""
        return _next(desk, _named(request, reviewer), selection)

    @router.get("/row", responses=declared(404, 409, 422), summary="Get a certain row")
    def one_row(
        request: Request,
        reviewer: Annotated[Reviewer, Query()],
        source: Annotated[Source, Query()],
        source_row: Annotated[Row, Query()],
        selection: selected,
    ) -> DeskModel:
        """Return a row and reserve it for five minutes, unless it is decided. `progress` is over the selected rows."""
        name, row = _named(request, reviewer), _known(desk, source, source_row)
        try:
            decided = desk.store.open(name, row)
        except TakenError as error:
            raise problem(409, str(error)) from None
        return _desk(desk, name, row, selection, decided)

    @router.post("/decisions", responses=declared(400, 404, 408, 409, 413, 422, 503), summary="Decide a row")
    def decide(request: Request, decision: DecisionModel, selection: selected) -> DeskModel:
        """Save the decision and return the next selected row."""
        reviewer = _named(request, decision.reviewer)
        row = _known(desk, decision.source, decision.source_row)
        try:
            desk.decide(reviewer, row, decision.verdict, decision.value)
        except (InputError, TakenError) as error:
            raise problem(422 if isinstance(error, InputError) else 409, str(error)) from None
        return _next(desk, reviewer, selection)

    @router.post("/undo", responses=declared(400, 404, 408, 413, 422, 503), summary="Undo a decision")
    def undo(request: Request, undoing: UndoModel, selection: selected) -> DeskModel:
        """Undo the reviewer's last decision, or their decision on a row, and return its row."""
        reviewer = _named(request, undoing.reviewer)
        row = _known(desk, undoing.source, undoing.source_row) if undoing.source else None
        undone = desk.undo(reviewer, row)
        if undone is None:
            raise problem(404, "you have no decision to undo")
        return _desk(desk, reviewer, undone, selection)

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
    try:
        return _checked_name(str(request.scope.get(REVIEWER_KEY) or reviewer))
    except ValueError as error:
        raise problem(422, f"reviewer: {error}") from None


def _known(desk: Desk, source: str, source_row: int) -> ReviewRow:
    row = desk.store.row((source, source_row))
    if row is None:
        raise problem(404, f"{source}, row {source_row} is not one of the rows to review")
    return row


def _next(desk: Desk, reviewer: str, selection: Selection) -> DeskModel:
    return _desk(desk, reviewer, desk.store.next(reviewer, selection), selection)


def _desk(
    desk: Desk, reviewer: str, row: ReviewRow | None, selection: Selection, decided: Correction | None = None
) -> DeskModel:
    return DeskModel(
        reviewer=reviewer,
        item=None if row is None else _item(desk, row, decided),
        progress=desk.store.progress(reviewer, selection),
    )


def _item(desk: Desk, row: ReviewRow, decided: Correction | None) -> ItemModel:
    copied = {name: getattr(row, name) for name in ItemModel.model_fields if hasattr(row, name)}
    return ItemModel(
        **copied,
        **vars(desk.photos.evidence(row)),
        units=by_size(desk.domain.entities[row.entity]),
        decided=None if decided is None else DecidedModel(reviewer=decided.reviewer, value=decided.entity_value),
    )
