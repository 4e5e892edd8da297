"""``/v1``: questions about photos, one or several at a time."""

# No postponed annotations here: FastAPI reads them, and one holds a limit that is known only when the app is made.
import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile

from imagequant.core.errors import InputError
from imagequant.imaging.decode import ImageError, ImageInfo, probe
from imagequant.quantity.units import ENTITIES
from imagequant.server.guards import BATCH_PATH
from imagequant.server.problems import CODES, Problem, declared, problem
from imagequant.server.schemas import BatchEntry, BatchModel, Entity, PhotoModel, prediction_model
from imagequant.server.settings import Settings
from imagequant.server.telemetry import log
from imagequant.server.work import Answer, PredictionJob, QueueFullError, Workers

PREDICT_PATH = "/v1/predict"
# What nginx calls a request whose sender left; nobody is there to read it but the log.
_LEFT = 499
_ASKED = "What to ask for; may be repeated. Default: everything."
Asked = Annotated[list[Entity], Form(default_factory=list, max_length=len(ENTITIES), description=_ASKED)]
Group = Annotated[str, Form(max_length=64, description="The product category's code, if known")]


def predict_routes(settings: Settings, workers: Workers) -> APIRouter:
    """The routes, bound to one server's workers."""
    router = APIRouter(tags=["predict"])
    errors = declared(400, 408, 413, 422, 503, 504)

    @router.post(PREDICT_PATH, responses=errors, summary="Ask about one photo")
    async def predict(
        request: Request, photo: Annotated[UploadFile, File()], entity: Asked, group_id: Group = ""
    ) -> PhotoModel:
        """Reads the photo once and answers all questions about it."""
        opened = await _open(photo, settings)
        (answer,) = await _answers(request, [opened], _asked(entity), group_id, settings, workers)
        if isinstance(answer, HTTPException):
            raise answer
        return answer

    @router.post(BATCH_PATH, responses=errors, summary="Ask the same about several photos")
    async def predict_batch(
        request: Request,
        photos: Annotated[list[UploadFile], File(min_length=1, max_length=settings.max_files)],
        entity: Asked,
        group_id: Group = "",
    ) -> BatchModel:
        """A photo that cannot be read is an entry with a problem; the others are answered."""
        opened = [await _opened(photo, settings) for photo in photos]
        answers = await _answers(request, opened, _asked(entity), group_id, settings, workers)
        return BatchModel(photos=[_entry(answer) for answer in answers])

    return router


class _Opened:
    """A photo within the limits."""

    def __init__(self, name: str, payload: bytes, info: ImageInfo) -> None:
        self.name, self.payload, self.info = name, payload, info


async def _open(photo: UploadFile, settings: Settings) -> _Opened:
    if photo.size is not None and photo.size > settings.max_bytes:
        raise problem(413, f"photo: {photo.size} bytes; at most {settings.max_bytes} are allowed")
    payload = await photo.read()
    try:
        # In a thread: headers are short, but made by anybody.
        info = await asyncio.to_thread(probe, payload)
    except ImageError as error:
        raise problem(422, f"photo: {error}; JPEG, PNG, WebP, GIF, BMP, TIFF and AVIF are read") from None
    if info.width * info.height > settings.max_pixels:
        raise problem(
            413, f"photo: {info.width} x {info.height} pixels; at most {settings.max_pixels} in all are allowed"
        )
    return _Opened(photo.filename or "", payload, info)


async def _opened(photo: UploadFile, settings: Settings) -> _Opened | HTTPException:
    try:
        return await _open(photo, settings)
    except HTTPException as error:
        return error


async def _answers(
    request: Request,
    opened: Sequence[_Opened | HTTPException],
    entities: tuple[str, ...],
    group_id: str,
    settings: Settings,
    workers: Workers,
) -> list[PhotoModel | HTTPException]:
    """One answer a photo, or why there is none, once all have theirs."""
    jobs = {
        number: PredictionJob(each.payload, entities, group_id)
        for number, each in enumerate(opened)
        if isinstance(each, _Opened)
    }
    try:
        workers.submit(list(jobs.values()))
    except QueueFullError as error:
        raise problem(503, str(error), {"Retry-After": str(error.retry_after)}) from None
    await _finished(request, list(jobs.values()), settings.timeout)
    return [
        each if isinstance(each, HTTPException) else _answer(each, jobs[number]) for number, each in enumerate(opened)
    ]


async def _finished(request: Request, jobs: Sequence[PredictionJob], timeout: float) -> None:
    """Waits until all are answered; gives them up when time is out or whoever asked has left."""
    answers = [asyncio.wrap_future(job.future) for job in jobs]
    everything = asyncio.ensure_future(asyncio.wait(answers)) if answers else None
    if everything is None:
        return
    left = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({everything, left}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if everything.done():
            return
        if left.done():
            raise problem(_LEFT, "whoever asked has left")
        raise problem(504, f"no answer within {timeout:g} s; the server is busy or the photo is hard to read")
    finally:
        left.cancel()
        everything.cancel()
        for answer in answers:
            answer.cancel()  # nothing where it is done; else the photo is not read


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _answer(photo: _Opened, job: PredictionJob) -> PhotoModel | HTTPException:
    error = job.future.exception()
    if isinstance(error, InputError):
        return problem(422, f"photo: {error}")
    if error is not None:
        log("photo failed", failed=error)
        return problem(500, "an error of the server while reading the photo")
    return _model(photo, job.future.result())


def _model(photo: _Opened, answer: Answer) -> PhotoModel:
    return PhotoModel(
        photo=photo.name,
        width=photo.info.width,
        height=photo.info.height,
        predictions=[prediction_model(prediction) for prediction in answer],
    )


def _entry(answer: PhotoModel | HTTPException) -> BatchEntry:
    if isinstance(answer, PhotoModel):
        return BatchEntry(answer=answer, problem=None)
    status = answer.status_code
    return BatchEntry(answer=None, problem=Problem(status=status, code=CODES[status], message=answer.detail))


def _asked(entities: Sequence[Entity]) -> tuple[str, ...]:
    """What was asked, each once, in order; everything where nothing was named."""
    return tuple(dict.fromkeys(str(entity) for entity in entities)) or ENTITIES
