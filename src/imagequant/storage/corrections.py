"""``data/corrections.csv``: answers by people who looked at the photos, one line per raw row."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import write_csv
from imagequant.core.locations import at_hand

CORRECTIONS_FILE = "corrections.csv"


@dataclass(frozen=True)
class Correction:
    """The answer of one raw row by hand.

    Attributes:
        source: The raw file, as ``sources.train`` or ``sources.test`` names it.
        source_row: Its row there, from 1.
        image_link: As in the raw file.
        group_id: As in the raw file.
        entity_name: As in the raw file.
        entity_value: The answer in the contest's form; empty if the photo does not say.
        reviewer: Who decided.
        decided_at: When, in UTC.
    """

    source: str
    source_row: int
    image_link: str
    group_id: str
    entity_name: str
    entity_value: str
    reviewer: str
    decided_at: str

    @property
    def key(self) -> tuple[str, int]:
        """Identifies the raw row."""
        return self.source, self.source_row


COLUMNS = tuple(field.name for field in fields(Correction))


def write_corrections(path: Path, corrections: Iterable[Correction]) -> None:
    """Writes corrections in the order of source and row: the same decisions give the same bytes."""
    ordered = sorted(corrections, key=lambda each: each.key)
    write_csv(path, COLUMNS, (tuple(asdict(each).values()) for each in ordered))


def read_corrections(path: Path) -> list[Correction]:
    """Reads corrections that ``write_corrections`` or people wrote; none if there is no such file.

    Raises:
        InputError: If a column is missing, a row number is invalid, or a row is corrected twice; names file and line.
    """
    if not path.exists():
        return []
    corrections: dict[tuple[str, int], Correction] = {}
    with at_hand(path) as local, local.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
        if missing:
            raise InputError(f"{path}: no column {', '.join(missing)}")
        for number, line in enumerate(lines, start=2):
            each = _correction(line, f"{path}, line {number}")
            if each.key in corrections:
                raise InputError(f"{path}, line {number}: {each.source}, row {each.source_row} is there twice")
            corrections[each.key] = each
    return list(corrections.values())


def _correction(line: dict[str, str], where: str) -> Correction:
    number = line["source_row"] or ""
    if not number.isdecimal():
        raise InputError(f"{where}: source_row: {number!r} is not a row number")
    return Correction(**{name: line[name] or "" for name in COLUMNS if name != "source_row"}, source_row=int(number))
