"""Answers rows with any number of worker processes: in the input's order, reading each photo once where it can."""

import io
import multiprocessing
import os
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path, PurePosixPath

from imagequant.cli.predict.rows import STANDARD_INPUT, Row
from imagequant.core.errors import InputError, Notice
from imagequant.core.files import write_bytes
from imagequant.core.iteration import chunks
from imagequant.core.locations import location, store_errors
from imagequant.executor.processes import carefully, stream
from imagequant.fetch.links import local_path
from imagequant.imaging.load import load_decoded
from imagequant.model.bundle import Bundle
from imagequant.params import FetchParams
from imagequant.predictor.prediction import Products, Question
from imagequant.predictor.predictor import BATCH_SIZE, Photo, Predictor
from imagequant.predictor.results import Predictions

# Photos within which rows about the same one are answered together, though they do not follow each other.
_WINDOW = 64
_LONGEST_STEM = 100
_WEB = ("http://", "https://")


@dataclass(frozen=True)
class Answered:
    """Consecutive rows about one photo, with their answers, or an error if there are none."""

    rows: tuple[Row, ...]
    predictions: Predictions | None
    error: str = ""


@dataclass(frozen=True)
class PhotoTask:
    """A photo with the questions of one or more rows; ``picture`` is where to draw the answers, if anywhere."""

    name: str
    url: str
    is_trusted: bool
    questions: tuple[Question, ...]
    payload: bytes | None = None
    picture: str = ""


@dataclass(frozen=True)
class Answering:
    """What a worker needs to answer photos. Call it to load the model.

    ``threads`` are those of this process, if it answers all photos by itself.
    """

    bundle: Bundle
    min_confidence: float | None = None
    fetch: FetchParams | None = None
    products: Products = "main"
    threads: int = 1

    def __call__(self) -> Callable[[list[PhotoTask]], list[Predictions | InputError]]:
        """Load the model and return the function that answers a few photos."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Notice)  # the command has shown it
            # One of several processes has one core.
            threads = 1 if multiprocessing.parent_process() else self.threads
            return partial(answer_photos, Predictor(self.bundle, threads), self)


def answer_rows(
    rows: Iterable[Row], answering: Answering, workers: int, draw: Path | None = None
) -> Iterator[Answered]:
    """Yield the answers in the order of the rows, as they come; there may be any number of rows.

    Args:
        rows: The questions.
        answering: The model and how to answer.
        workers: How many processes answer; with one it is this process.
        draw: Folder for pictures with the answers marked.
    """
    windows: deque[_Window] = deque()
    lost = partial(_lost, answering)
    batches = stream(answering, chunks(_tasks(rows, windows, draw), BATCH_SIZE), workers, lost)
    for result in chain(chain.from_iterable(batches), (None,)):
        # Results come in the order of the tasks, but windows are made ahead of them, also windows without tasks.
        if result is not None:
            next(each for each in windows if len(each.results) < len(each.tasks)).results.append(result)
        while windows:
            yield from windows[0].take_ready()
            if windows[0].groups:
                break
            windows.popleft()


def _lost(answering: Answering, tasks: list[PhotoTask]) -> list[Predictions | InputError]:
    """Answer photos with which a process died one by one, to find the one to blame."""
    if len(tasks) == 1:
        return [InputError(f"{tasks[0].name}: the process that read it died, perhaps for lack of memory")]
    alone = [[task] for task in tasks]
    return [each for results in carefully(answering, alone, partial(_lost, answering)) for each in results]


@dataclass
class _Window:
    """Photos that are answered together: groups of rows with the number and first question of their task."""

    groups: deque[tuple[tuple[Row, ...], int, int]] = field(default_factory=deque)
    tasks: list[PhotoTask] = field(default_factory=list)
    results: list[Predictions | InputError] = field(default_factory=list)

    def take_ready(self) -> Iterator[Answered]:
        """Remove and yield the groups up to the first that has no result yet."""
        while self.groups and self.groups[0][1] < len(self.results):
            rows, number, place = self.groups.popleft()
            if number < 0:
                yield Answered(rows, None, rows[0].error)
                continue
            result = self.results[number]
            if isinstance(result, InputError):
                yield Answered(rows, None, str(result))
            else:
                yield Answered(rows, result.part(place, place + len(rows)))


def _tasks(rows: Iterable[Row], windows: deque[_Window], draw: Path | None) -> Iterator[PhotoTask]:
    """Yield the photos to answer; ``windows`` gets the rows that wait for them."""
    drawn: set[str] = set()
    groups = (tuple(group) for _, group in groupby(rows, attrgetter("source")))
    for some in chunks(groups, _WINDOW):
        window, numbers = _Window(), dict[tuple[str, bool], int]()
        for group in some:
            first = group[0]
            if first.error:
                window.groups.append((group, -1, 0))
                continue
            asked = tuple(Question(row.entity, row.group_id, row.index) for row in group if row.entity)
            number = numbers.setdefault((first.url, first.is_trusted), len(window.tasks))
            if number == len(window.tasks):
                picture = _picture(first.photo, draw, drawn) if draw else ""
                window.tasks.append(PhotoTask(first.photo, first.url, first.is_trusted, (), picture=picture))
            task = window.tasks[number]
            window.groups.append((group, number, len(task.questions)))
            window.tasks[number] = replace(task, questions=(*task.questions, *asked))
        windows.append(window)
        for task in window.tasks:
            yield replace(task, payload=sys.stdin.buffer.read()) if task.url == STANDARD_INPUT else task


def _picture(photo: str, folder: Path, drawn: set[str]) -> str:
    """Return where to draw a photo; photos from different folders may have the same name."""
    stem = PurePosixPath(photo.partition("?")[0]).stem[:_LONGEST_STEM] or "photo"
    names = chain((stem,), (f"{stem}-{number}" for number in range(2, len(drawn) + 3)))
    name = next(name for name in names if name not in drawn)
    drawn.add(name)
    return str(folder / f"{name}.png")


def answer_photos(
    predictor: Predictor, answering: Answering, tasks: Sequence[PhotoTask]
) -> list[Predictions | InputError]:
    """Answer the questions about a few photos. One that fails, however it fails, gives its error."""
    fetched = _fetch(tasks, answering.fetch)
    opened = [_open(task, fetched.get(task.url)) for task in tasks]
    answers = iter(_answer(predictor, [each for each in opened if isinstance(each, Photo)], answering))
    results = [next(answers) if isinstance(each, Photo) else each for each in opened]
    for task, result in zip(tasks, results, strict=True):
        if task.picture and isinstance(result, Predictions):
            _draw(result, location(task.picture))
    # Pixels and words are not part of any output; between processes they would take longer than the answers.
    return [replace(each, image=b"", words=()) if isinstance(each, Predictions) else each for each in results]


def _fetch(tasks: Sequence[PhotoTask], params: FetchParams | None) -> dict[str, bytes | str]:
    links = {task.url: task.is_trusted for task in tasks if task.payload is None and _is_for_servers(task)}
    if not links:
        return {}
    from imagequant.fetch.fetch import fetch  # noqa: PLC0415  (aiohttp takes a fifth of a second to load)

    return fetch(links, params)


def _is_for_servers(task: PhotoTask) -> bool:
    """Return whether a photo is asked for over the web; what may not be read otherwise is refused there."""
    return local_path(task.url) is None and (not task.is_trusted or task.url.lower().startswith(_WEB))


def _open(task: PhotoTask, fetched: bytes | str | None) -> Photo | InputError:
    if isinstance(fetched, str):
        return InputError(f"{task.name}: {fetched}")
    try:
        payload = next((each for each in (task.payload, fetched) if each is not None), None)
        decoded = load_decoded(_read(task) if payload is None else payload, task.name)
    except InputError as error:
        return error
    except Exception as error:  # also out of memory: the next photo may be smaller
        return InputError(f"{task.name}: {_described(error)}")
    return Photo(task.name, decoded.pixels, decoded.pixels, task.questions, decoded.warning)


def _read(task: PhotoTask) -> bytes | Path:
    path = local_path(task.url)
    if path is not None:
        # What a table names must not block: a pipe waits for a writer, a device never ends.
        if not task.is_trusted and os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113  (no errors)
            raise InputError(f"{task.name}: not a regular file")
        return path
    try:
        return location(task.url).read_bytes()
    except FileNotFoundError:
        raise InputError(f"{task.name}: no such object") from None
    except store_errors() as error:
        raise InputError(f"{task.name}: {_described(error)}") from None


def _answer(predictor: Predictor, photos: Sequence[Photo], answering: Answering) -> list[Predictions | InputError]:
    """Answer photos together; if that fails, one by one, to find the one to blame."""
    try:
        return predictor.answer(photos, answering.min_confidence, answering.products) if photos else []
    except Exception as error:
        if len(photos) == 1:
            return [InputError(f"{photos[0].name}: {_described(error)}")]
        return [each for photo in photos for each in _answer(predictor, [photo], answering)]


def _draw(predictions: Predictions, path: Path) -> None:
    from imagequant.predictor.picture import draw_predictions  # noqa: PLC0415  (only for this option)

    buffer = io.BytesIO()
    draw_predictions(predictions).save(buffer, "PNG")
    write_bytes(path, buffer.getvalue())


def _described(error: Exception) -> str:
    text = " ".join((getattr(error, "strerror", None) or str(error)).split())[:200]
    return text if isinstance(error, (InputError, OSError)) and text else f"{type(error).__name__}: {text}".rstrip(": ")
