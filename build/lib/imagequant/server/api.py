"""``/v1/predict``: questions about one or several photos."""

# No postponed annotations: FastAPI evaluates them, and one uses a limit from the settings.
import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Annotated, NamedTuple

from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile

from imagequant.core.errors import InputError
from imagequant.imaging.decode import ImageError, ImageInfo, probe
from imagequant.quantity.units import ENTITIES
from imagequant.server.guards import BATCH_PATH
from imagequant.server.schemas import (
    BatchEntry,
    BatchModel,
    Entity,
    PhotoModel,
    PredictionModel,
    Problem,
    declared,
    problem,
)
from imagequant.server.settings import Settings
from imagequant.server.telemetry import log
from imagequant.server.work import Answer, QueueFullError, Workers

PREDICT_PATH = "/v1/predict"
# nginx's status for a closed connection; only the log shows it.
_CLIENT_CLOSED_REQUEST = 499
_ENTITIES = "Entity to ask for; may be repeated. Default: all."
Entities = Annotated[list[Entity], Form(default_factory=list, max_length=len(ENTITIES), description=_ENTITIES)]
Group = Annotated[str, Form(max_length=64, description="The product category's code, if known")]


def predict_routes(settings: Settings, workers: Workers) -> APIRouter:
    """Return the routes, bound to one server's workers."""
    router = APIRouter(tags=["predict"])
    errors = declared(400, 408, 413, 422, 503, 504)

    @router.post(PREDICT_PATH, responses=errors, summary="Ask about one photo")
    async def predict(
        request: Request, photo: Annotated[UploadFile, File()], entity: Entities, group_id: Group = ""
    ) -> PhotoModel:
        """Read the photo once and answer all questions about it."""
        opened = await _open(photo, settings)
        (answer,) = await _answers(request, [opened], entity, group_id, settings, workers)
        if isinstance(answer, HTTPException):
            raise answer
        return answer

    @router.post(BATCH_PATH, responses=errors, summary="Ask the same questions about several photos")
    async def predict_batch(
        request: Request,
        photos: Annotated[list[UploadFile], File(min_length=1, max_length=settings.max_files)],
        entity: Entities,
        group_id: Group = "",
    ) -> BatchModel:
        """A photo that cannot be read gets a problem; the others are answered."""
        opened = [await _open_or_problem(photo, settings) for photo in photos]
        answers = await _answers(request, opened, entity, group_id, settings, workers)
        return BatchModel(
            photos=[
                BatchEntry(answer=None, problem=Problem.from_status(answer.status_code, answer.detail))
                if isinstance(answer, HTTPException)
                else BatchEntry(answer=answer, problem=None)
                for answer in answers
            ]
        )

    return router


class _OpenedPhoto(NamedTuple):
    name: str
    payload: bytes
    info: ImageInfo


async def _open(photo: UploadFile, settings: Settings) -> _OpenedPhoto:
    if photo.size is not None and photo.size > settings.max_bytes:
        raise problem(413, f"photo: {photo.size} bytes; at most {settings.max_bytes} are allowed")
    payload = await photo.read()
    try:
        # In a thread, because headers are untrusted.
        info = await asyncio.to_thread(probe, payload)
    except ImageError as error:
        raise problem(422, f"photo: {error}; allowed: JPEG, PNG, WebP, GIF, BMP, TIFF and AVIF") from None
    if info.width * info.height > settings.max_pixels:
        raise problem(
            413, f"photo: {info.width} x {info.height} pixels; at most {settings.max_pixels} in total are allowed"
        )
    return _OpenedPhoto(photo.filename or "", payload, info)


async def _open_or_problem(photo: UploadFile, settings: Settings) -> _OpenedPhoto | HTTPException:
    try:
        return await _open(photo, settings)
    except HTTPException as error:
        return error


async def _answers(
    request: Request,
    opened: Sequence[_OpenedPhoto | HTTPException],
    entities: Sequence[Entity],
    group_id: str,
    settings: Settings,
    workers: Workers,
) -> list[PhotoModel | HTTPException]:
    """Return one answer or problem per photo when all are done; asks for all entities if none are given."""
    payloads = [each.payload for each in opened if isinstance(each, _OpenedPhoto)]
    distinct = tuple(dict.fromkeys(str(entity) for entity in entities)) or ENTITIES
    try:
        futures = workers.submit(payloads, distinct, group_id)
    except QueueFullError as error:
        raise problem(503, str(error), {"Retry-After": str(error.retry_after)}) from None
    await _wait(request, futures, settings.timeout)
    done = iter(futures)
    return [each if isinstance(each, HTTPException) else _answer(each, next(done)) for each in opened]


async def _wait(request: Request, futures: Sequence[Future[Answer]], timeout: float) -> None:
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


def _answer(photo: _OpenedPhoto, future: Future[Answer]) -> PhotoModel | HTTPException:
    error = future.exception()
    if isinstance(error, InputError):
        return problem(422, f"photo: {error}")
    if error is not None:
        log("photo failed", failed=error)
        return problem(500, "internal error while reading the photo")
    predictions = [PredictionModel(**prediction.to_dict()) for prediction in future.result()]
    return PhotoModel(photo=photo.name, width=photo.info.width, height=photo.info.height, predictions=predictions)
