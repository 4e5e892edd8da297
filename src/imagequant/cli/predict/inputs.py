"""What the command line names, as photos with questions: files, folders, URLs, CSV or parquet files of questions."""

from __future__ import annotations

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
from imagequant.storage.raw import RawRow, iterate_raw_file, row_problem

STANDARD_INPUT = "-"
_QUESTION_SUFFIXES = (".csv", ".parquet")
_WEB = ("http://", "https://")


@dataclass(frozen=True)
class PhotoRequest:
    """A photo that is asked about.

    Attributes:
        name: What the user calls it.
        url: Where it lies, as ``resolve_link`` gives it; ``-`` for standard input.
        in_reach: Whether it may be asked an object store for: the user named it, or a file of questions in its folder.
        questions: At least one.
    """

    name: str
    url: str
    in_reach: bool
    questions: tuple[Question, ...]


def is_questions(argument: str) -> bool:
    """Whether an argument names a file of questions, not a photo or folder."""
    return argument.lower().endswith(_QUESTION_SUFFIXES) and not argument.startswith(_WEB)


def find_requests(arguments: Iterable[str], entities: Sequence[str]) -> list[PhotoRequest]:
    """The photos that arguments name; entities are asked about those that no file of questions asks about.

    Raises:
        InputError: If a folder has no photos, or a file of questions cannot be used.
    """
    questions = tuple(Question(entity) for entity in entities)
    found: list[PhotoRequest] = []
    for argument in arguments:
        if is_questions(argument):
            found += _from_rows(argument)
        elif argument == STANDARD_INPUT:
            found.append(PhotoRequest("standard input", argument, True, questions))
        else:
            for name in _in_folder(Path(argument)) if Path(argument).is_dir() else [argument]:
                found.append(PhotoRequest(name, _url_of(name), True, questions))
    return found


def _url_of(name: str) -> str:
    # Only what names a server or store: a file on this machine may be called what it likes, "3:4.jpg" too.
    return resolve_link(name, Path()) if "://" in name else Path(name).absolute().as_uri()


def _in_folder(folder: Path) -> list[str]:
    """The image files in it and below, sorted."""
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise InputError(f"{folder}: no photos there; looked for {', '.join(sorted(SUFFIXES))}")
    return [str(file) for file in files]


def _from_rows(source: str) -> Iterator[PhotoRequest]:
    """The photos of a file of questions, in the order of their first rows; each is read once for all of its rows."""
    rows: dict[str, PhotoRequest] = {}
    questions: dict[str, list[Question]] = {}
    for row in _rows(source):
        link = row.image_link.strip()
        url = resolve_link(link, row.origin)
        rows.setdefault(url, PhotoRequest(link, url, ".." not in url and url.startswith(f"{row.origin}/"), ()))
        questions.setdefault(url, []).append(Question(row.entity_name, row.group_id, row.index))
    return (replace(asked, questions=tuple(questions[url])) for url, asked in rows.items())


def _rows(source: str) -> Iterator[RawRow]:
    try:
        for row in iterate_raw_file(location(source), source, "questions"):
            problem = row_problem(row)
            if problem:
                raise InputError(problem)
            yield row
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}") from None


def open_photos(asked: Sequence[PhotoRequest]) -> list[Photo | InputError]:
    """Opens a few photos, fetching those that lie elsewhere; what goes wrong with one stands in its place."""
    links = {each.url: each.in_reach for each in asked if each.url != STANDARD_INPUT and local_path(each.url) is None}
    fetched: Mapping[str, bytes | str] = {}
    if links:
        from imagequant.fetch.on_demand import fetch  # noqa: PLC0415  (aiohttp takes a fifth of a second to load)

        fetched = fetch(links)
    return [_open(each, fetched.get(each.url)) for each in asked]


def _open(asked: PhotoRequest, fetched: bytes | str | None) -> Photo | InputError:
    if isinstance(fetched, str):
        return InputError(f"{asked.name}: {fetched}")
    path = local_path(asked.url)
    try:
        pixels = load_image(fetched or path or sys.stdin.buffer.read(), asked.name)
    except InputError as error:
        return error
    return Photo(asked.name, pixels, pixels, asked.questions)
