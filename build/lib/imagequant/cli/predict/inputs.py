"""The photos and questions that the command line names: files, folders, URLs, CSV and parquet tables of questions."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.locations import location
from imagequant.fetch.links import local_path, resolve_link
from imagequant.imaging.load import SUFFIXES, load_image
from imagequant.predictor.predictor import Photo
from imagequant.predictor.results import Question
from imagequant.storage.raw import iterate_raw_file, row_problem

STANDARD_INPUT = "-"
_QUESTION_SUFFIXES = (".csv", ".parquet")
_WEB = ("http://", "https://")


@dataclass(frozen=True)
class PhotoRequest:
    """A photo, as the user named it, with at least one question about it.

    Attributes:
        url: Its location, as ``resolve_link`` returns it; ``-`` for standard input.
        in_reach: Whether an object store may be asked for it: the user named it, or a table in the same folder did.
    """

    name: str
    url: str
    in_reach: bool
    questions: tuple[Question, ...]


def is_questions(argument: str) -> bool:
    """Return whether an argument names a table of questions rather than a photo or a folder."""
    return argument.lower().endswith(_QUESTION_SUFFIXES) and not argument.startswith(_WEB)


def find_requests(arguments: Iterable[str], entities: Sequence[str]) -> list[PhotoRequest]:
    """Return the photos that the arguments name; the rows of tables name their own entities."""
    questions = tuple(Question(entity) for entity in entities)
    found: list[PhotoRequest] = []
    for argument in arguments:
        if is_questions(argument):
            found += _from_rows(argument)
        elif argument == STANDARD_INPUT:
            found.append(PhotoRequest("standard input", argument, True, questions))
        else:
            for name in _in_folder(Path(argument)) if Path(argument).is_dir() else [argument]:
                # A link only if it names a server or a store: a local file may have any name, even "3:4.jpg".
                url = resolve_link(name, Path()) if "://" in name else Path(name).absolute().as_uri()
                found.append(PhotoRequest(name, url, True, questions))
    return found


def _in_folder(folder: Path) -> list[str]:
    """Return the image files in the folder and below, sorted."""
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise InputError(f"{folder}: no photos in it; looked for {', '.join(sorted(SUFFIXES))}")
    return [str(file) for file in files]


def _from_rows(source: str) -> Iterator[PhotoRequest]:
    """Yield the photos of a table in the order of their first rows; each is read once for all of its rows."""
    rows: dict[str, PhotoRequest] = {}
    questions: dict[str, list[Question]] = {}
    try:
        for row in iterate_raw_file(location(source), source, "questions"):
            if problem := row_problem(row):
                raise InputError(problem)
            link = row.image_link.strip()
            url = resolve_link(link, row.origin)
            rows.setdefault(url, PhotoRequest(link, url, ".." not in url and url.startswith(f"{row.origin}/"), ()))
            questions.setdefault(url, []).append(Question(row.entity_name, row.group_id, row.index))
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}") from None
    return (replace(asked, questions=tuple(questions[url])) for url, asked in rows.items())


def open_photos(asked: Sequence[PhotoRequest]) -> list[Photo | InputError]:
    """Open a few photos, fetching remote ones. A photo that fails is replaced by its error."""
    links = {each.url: each.in_reach for each in asked if each.url != STANDARD_INPUT and local_path(each.url) is None}
    fetched: Mapping[str, bytes | str] = {}
    if links:
        from imagequant.fetch.fetch import fetch  # noqa: PLC0415  (aiohttp takes a fifth of a second to load)

        fetched = fetch(links)
    opened: list[Photo | InputError] = []
    for each in asked:
        payload = fetched.get(each.url)
        try:
            if isinstance(payload, str):
                raise InputError(f"{each.name}: {payload}")
            pixels = load_image(payload or local_path(each.url) or sys.stdin.buffer.read(), each.name)
            opened.append(Photo(each.name, pixels, pixels, each.questions))
        except InputError as error:
            opened.append(error)
    return opened
