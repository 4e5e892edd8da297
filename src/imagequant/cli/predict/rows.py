"""The rows to answer: one per question about a photo, in the order of the arguments and of the tables they name."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from imagequant.cli.predict.folder import FolderContent, find_in_folder
from imagequant.core.errors import InputError
from imagequant.core.locations import is_remote, location, store_errors
from imagequant.fetch.links import OUTSIDE, Folders, is_in_store, local_path
from imagequant.imaging.load import SUFFIXES
from imagequant.storage.raw import PARQUET_SUFFIXES, RawRow, iterate_raw_file, row_problem

STANDARD_INPUT = "-"
# Instead of entities: one row per photo, which asks nothing.
EVERYTHING = ("",)
_TABLE_SUFFIXES = (".csv", *PARQUET_SUFFIXES)
_WEB = ("http://", "https://")
_LABEL = "entity_value"


@dataclass(frozen=True)
class Row:
    """A question about a photo, and with its answer a row of the output.

    Attributes:
        photo: The photo as the user named it, in valid UTF-8.
        url: Where it is; ``-`` for standard input, empty if it may not or cannot be read.
        is_trusted: Whether it may be read with the user's credentials and from hosts that are not public: the user
            named it, or a table in the same folder of a store did.
        entity: The entity asked for, as written; empty if every quantity on the photo is wanted.
        group_id: The code of the product category; empty if unknown.
        index: The caller's name for the question; may be empty.
        others: The table's other columns.
        error: Why it cannot be answered, in one line; else empty.
        turn: Counts the photos named one by one, which are told apart even if they are the same; 0 in tables.
    """

    photo: str
    url: str
    is_trusted: bool
    entity: str
    group_id: str = ""
    index: str = ""
    others: dict[str, str] = field(default_factory=dict)
    error: str = ""
    turn: int = 0

    @property
    def source(self) -> tuple[int, str, str, str]:
        """The same for consecutive rows that are answered as one."""
        return self.turn, self.photo, self.url, self.error


@dataclass(frozen=True)
class Input:
    """What the arguments name.

    Attributes:
        rows: Yields the rows; each call starts from the first.
        photos: How many photos there are, counted again where a table names them again later.
        entities: The entities asked for.
        others: Names of the tables' other columns, in their order.
        skipped: One line for each file in a folder that is not read, with the reason.
    """

    rows: Callable[[], Iterator[Row]]
    photos: int
    entities: frozenset[str]
    others: tuple[str, ...]
    skipped: tuple[str, ...]


def is_table(argument: str) -> bool:
    """Return whether an argument names a table of questions rather than a photo or a folder."""
    return argument.lower().endswith(_TABLE_SUFFIXES) and not argument.lower().startswith(_WEB)


def find_rows(arguments: Sequence[str], entities: Sequence[str], known: Collection[str], folders: Folders) -> Input:
    """Look at everything that the arguments name, without opening a photo; tables are read from end to end.

    Args:
        arguments: Photos, folders, URLs, tables.
        entities: What to ask about photos, or ``EVERYTHING``; the rows of tables name their own entities.
        known: The entities that the model knows.
        folders: Where the links of tables may lead, besides the table's own folder.

    Raises:
        InputError: If a table or a folder cannot be used.
    """
    photos, asked, skipped = 0, set[str](), list[str]()
    others: dict[str, None] = {}
    parts: list[Callable[[], Iterator[Row]]] = []
    for argument in arguments:
        if is_table(argument):
            previous = ""
            for row in _read_table(argument):
                photos += row.image_link != previous
                previous = row.image_link
                asked.add(row.entity_name)
                others |= dict.fromkeys(_others(row))
            parts.append(partial(_from_table, argument, known, folders))
        else:
            content = _photos_of(argument)
            asked.update(entities)
            skipped += content.skipped
            parts.append(partial(_from_names, content.photos, entities, photos + 1))
            photos += len(content.photos)
    return Input(
        lambda: (row for part in parts for row in part()),
        photos,
        frozenset(asked & set(known)),
        tuple(others),
        tuple(skipped),
    )


def printable(name: str) -> str:
    """Return a file name that can be written as UTF-8: other bytes are written in hexadecimal."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _photos_of(argument: str) -> FolderContent:
    """Return the photos in a folder, or the argument itself if it is not one."""
    if argument == STANDARD_INPUT or argument.lower().startswith(_WEB):
        return FolderContent((argument,))
    if "://" in argument and not argument.lower().startswith("file:"):
        folder = _store_folder(argument)
    else:
        path = local_path(argument) or Path(argument)
        # os.path rather than Path.is_dir, which raises for names that are too long.
        folder = path if os.path.isdir(path) else None  # noqa: PTH112
    return find_in_folder(folder) if folder else FolderContent((argument,))


def _store_folder(url: str) -> Path | None:
    """Return the folder that a URL names in a store; None if it names none, or cannot be reached, as its photo says."""
    try:
        path = location(url)
        return path if path.suffix.lower() not in SUFFIXES and path.is_dir() else None
    except InputError:
        return None
    except store_errors():
        return None


def _from_names(names: Iterable[str], entities: Sequence[str], first: int) -> Iterator[Row]:
    for turn, name in enumerate(names, start=first):
        # A URL only if it names a server or a store: a local file may have any name, even "3:4.jpg".
        is_url = "://" in name
        url = name if is_url or name == STANDARD_INPUT else Path(name).absolute().as_uri()
        shown = "standard input" if name == STANDARD_INPUT else printable(name)
        for entity in entities:
            yield Row(shown, url, True, entity, turn=turn)


def _read_table(source: str) -> Iterator[RawRow]:
    try:
        yield from iterate_raw_file(location(source), printable(source), "questions")
    except store_errors() as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise InputError(f"{printable(source)}: {reason}") from None


def _others(row: RawRow) -> dict[str, str]:
    label = {_LABEL: row.entity_value} if row.entity_value else {}
    return label | dict(row.extra)


def _from_table(source: str, known: Collection[str], folders: Folders) -> Iterator[Row]:
    return (_from_row(row, known, folders) for row in _read_table(source))


def _from_row(row: RawRow, known: Collection[str], folders: Folders) -> Row:
    link = row.image_link.strip()
    url, is_trusted, error = "", False, row_problem(row, known)
    if not error:
        try:
            url, is_trusted = _place_of(row, folders)
        except InputError as refused:
            error = f"{printable(link)}: {refused}"
    return Row(printable(link), url, is_trusted, row.entity_name, row.group_id, row.index, _others(row), error)


def _place_of(row: RawRow, folders: Folders) -> tuple[str, bool]:
    """Return where a link leads, and whether it stays in the table's own folder of a store, or in a named one."""
    url = folders.place_of(row)
    path = local_path(url)
    if url.startswith(OUTSIDE) or (path is not None and not folders.has(path)):
        raise InputError("refused: neither in the table's own folder nor in one of download.folders (see --params)")
    if is_in_store(url):
        return url, True
    inside = is_remote(row.origin) and url.startswith(f"{str(row.origin).rstrip('/')}/") and ".." not in url.split("/")
    return url, inside
