"""``/v1/predict``: questions about one or several photos."""

# No postponed annotations: FastAPI evaluates them, and one uses a limit from the settings.
import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, HTTPException, Request, UploadFile

from imagequant.core.errors import InputError
from imagequant.predictor.prediction import Products
from imagequant.predictor.results import Predictions
from imagequant.quantity.convert import units_by_kind
from imagequant.quantity.domain import Domain
from imagequant.quantity.units import UNITS
from imagequant.server.forms import only
from imagequant.server.guards import BATCH_PATH
from imagequant.server.photos import OpenedPhoto, open_upload, open_url, or_problem
from imagequant.server.schemas import BatchEntry, BatchModel, PhotoModel, Problem, Unit, declared, problem
from imagequant.server.settings import Settings
from imagequant.server.telemetry import log
from imagequant.server.work import Asked, QueueFullError, Workers

PREDICT_PATH = "/v1/predict"
# nginx's status for a closed connection; only the log shows it.
_CLIENT_CLOSED_REQUEST = 499
_ENTITIES = "Entity to ask for; may be repeated. Default: all."
_UNITS = "Unit to convert answers to, exactly; may be repeated, one per kind of quantity. Default: as printed."
_CONFIDENCE = "Answers below it are withheld. Default: the threshold with the highest F1."
_PRODUCTS = "`all`: also answer for each product that the photo shows. Default: for the main one."
_URL = "Address of a photo on a public host"
_MOST_URL = 2048
_QUESTION_FIELDS = ("entity", "group_id", "to_unit", "min_confidence", "products")
_REPEATED = ("entity", "to_unit")
Url = Annotated[str, Form(max_length=_MOST_URL)]


@dataclass(frozen=True)
class Questions:
    """What is asked about each photo, and in which units to answer."""

    asked: Asked
    units: dict[str, str]


def questions_reader(domain: Domain) -> Callable[..., Questions]:
    """Return the dependency that reads from a form what it asks of a model with these entities."""
    # FastAPI lists its members, and says in errors what is allowed.
    known = StrEnum("Entity", {name: name for name in domain.names})  # type: ignore[misc]

    def read_questions(
        entity: Annotated[list[known], Form(default_factory=list, max_length=len(known), description=_ENTITIES)],
        to_unit: Annotated[list[Unit], Form(default_factory=list, max_length=len(UNITS), description=_UNITS)],
        group_id: Annotated[str, Form(max_length=64, description="The product category's code, if known")] = "",
        min_confidence: Annotated[float | None, Form(ge=0, le=1, description=_CONFIDENCE)] = None,
        products: Annotated[Products, Form(description=_PRODUCTS)] = "main",
    ) -> Questions:
        """Return the questions that a form asks."""
        entities = tuple(dict.fromkeys(map(str, entity))) or domain.names
        try:
            chosen = units_by_kind(map(str, to_unit), entities, domain)
        except InputError as error:
            raise problem(422, f"to_unit: {error}") from None
        kinds = {name: domain.entities[name].kind for name in entities}
        units = {name: chosen[kind] for name, kind in kinds.items() if kind in chosen}
        return Questions(Asked(entities, group_id, min_confidence, products), units)

    return read_questions


def predict_routes(settings: Settings, workers: Workers, domain: Domain) -> APIRouter:
    """Return the routes, bound to one server's workers."""
    asking = Annotated[Questions, Depends(questions_reader(domain))]
    router = APIRouter(tags=["predict"])
    errors = declared(400, 408, 413, 422, 502, 503, 504)
    one = Depends(only(("photo", "url", *_QUESTION_FIELDS), _REPEATED, ("photo",)))
    several = Depends(only(("photos", "url", *_QUESTION_FIELDS), ("photos", "url", *_REPEATED), ("photos",)))

    @router.post(PREDICT_PATH, responses=errors, dependencies=[one], summary="Ask about one photo")
    async def predict(
        request: Request,
        questions: asking,
        photo: Annotated[UploadFile | None, File(description="The photo's file")] = None,
        url: Annotated[str, Form(max_length=_MOST_URL, description=f"{_URL}, instead of a file")] = "",
    ) -> PhotoModel:
        """Read the photo once and answer all questions about it. Send either a file or a URL."""
        if (photo is None) == (not url):
            raise problem(422, "photo: send either a photo or a url" if url else "photo: missing; or send a url")
        opened = await (open_url(url, settings) if photo is None else open_upload(photo, settings))
        (answer,) = await _answers(request, [opened], questions, settings, workers)
        if isinstance(answer, HTTPException):
            raise answer
        return answer

    @router.post(
        BATCH_PATH, responses=errors, dependencies=[several], summary="Ask the same questions about several photos"
    )
    async def predict_batch(
        request: Request,
        questions: asking,
        photos: Annotated[list[UploadFile], File(default_factory=list, description="The photos' files")],
        url: Annotated[list[Url], Form(default_factory=list, description=f"{_URL}; may be repeated")],
    ) -> BatchModel:
        """Answer files first, then URLs. A photo that cannot be read gets a problem; the others are answered."""
        count = len(photos) + len(url)
        if not count:
            raise problem(422, "photos: missing; or send urls")
        if count > settings.max_files:
            raise problem(413, f"photos: {count}; at most {settings.max_files} are allowed")
        opened = [await or_problem(open_upload(photo, settings)) for photo in photos]
        opened += await asyncio.gather(*(or_problem(open_url(each, settings)) for each in url))
        answers = await _answers(request, opened, questions, settings, workers)
        names = [photo.filename or "" for photo in photos] + url
        return BatchModel(photos=[_entry(*each) for each in zip(names, answers, strict=True)])

    return router


def _entry(name: str, answer: PhotoModel | HTTPException) -> BatchEntry:
    if isinstance(answer, HTTPException):
        return BatchEntry(photo=name, answer=None, problem=Problem.from_status(answer.status_code, answer.detail))
    return BatchEntry(photo=name, answer=answer, problem=None)


async def _answers(
    request: Request,
    opened: Sequence[OpenedPhoto | HTTPException],
    questions: Questions,
    settings: Settings,
    workers: Workers,
) -> list[PhotoModel | HTTPException]:
    """Return one answer or problem per photo when all are done."""
    payloads = [each.payload for each in opened if isinstance(each, OpenedPhoto)]
    try:
        futures = workers.submit(payloads, questions.asked)
    except QueueFullError as error:
        raise problem(503, str(error), {"Retry-After": str(error.retry_after)}) from None
    await _wait(request, futures, settings.timeout)
    done = iter(futures)
    return [
        each if isinstance(each, HTTPException) else _answer(each.name, questions.units, next(done)) for each in opened
    ]


async def _wait(request: Request, futures: Sequence[Future[Predictions]], timeout: float) -> None:
    """Wait for all answers; cancel them after the time-out or if the client disconnects."""
    if not futures:
        return
    answers = [asyncio.wrap_future(future) for future in futures]

    async def disconnection() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    everything = asyncio.ensure_future(asyncio.wait(answers))
    disconnected = asyncio.ensure_future(disconnection())
    try:
        await asyncio.wait({everything, disconnected}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if everything.done():
            return
        if disconnected.done():
            raise problem(_CLIENT_CLOSED_REQUEST, "the client closed the connection")
        raise problem(504, f"no answer within {timeout:g} s; the server is busy or the photo is hard to read")
    finally:
        disconnected.cancel()
        everything.cancel()
        for answer in answers:
            answer.cancel()  # no effect if it is done


def _answer(name: str, units: dict[str, str], future: Future[Predictions]) -> PhotoModel | HTTPException:
    error = future.exception()
    if isinstance(error, InputError):
        return problem(422, f"photo: {str(error).removeprefix('image: ')}")
    if error is not None:
        log("photo failed", failed=error)
        return problem(500, "internal error while reading the photo")
    found = future.result()
    return PhotoModel(**{**found.in_units(units).to_dict(), "photo": name})
