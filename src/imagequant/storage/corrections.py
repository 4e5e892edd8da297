"""``data/corrections.csv``: what people who looked at a photo say its answer is, a line a raw row."""

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
    """One raw row's answer by hand.

    Attributes:
        source: The raw file, as ``data.train`` or ``data.test`` names it.
        source_row: Its row there, from 1.
        image_link: As the raw file has it.
        group_id: As the raw file has it.
        entity_name: As the raw file has it.
        entity_value: The answer in the contest's form; empty where the photo does not say.
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
        """What names the row."""
        return self.source, self.source_row


COLUMNS = tuple(field.name for field in fields(Correction))


def write_corrections(path: Path, corrections: Iterable[Correction]) -> None:
    """Writes them in the order of source and row: the same decisions, the same bytes."""
    ordered = sorted(corrections, key=lambda each: each.key)
    write_csv(path, COLUMNS, (tuple(asdict(each).values()) for each in ordered))


def read_corrections(path: Path) -> list[Correction]:
    """Reads what ``write_corrections`` wrote, or people did; none where there is no such file.

    Raises:
        InputError: If a column is missing, a row's number is none, or a row is corrected twice; names file and line.
    """
    if not path.exists():
        return []
    found: dict[tuple[str, int], Correction] = {}
    with at_hand(path) as local, local.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
        if missing:
            raise InputError(f"{path}: no column {', '.join(missing)}")
        for number, line in enumerate(lines, start=2):
            each = _correction(line, f"{path}, line {number}")
            if each.key in found:
                raise InputError(f"{path}, line {number}: {each.source}, row {each.source_row} is there twice")
            found[each.key] = each
    return list(found.values())


def _correction(line: dict[str, str], where: str) -> Correction:
    number = line["source_row"] or ""
    if not number.isdecimal():
        raise InputError(f"{where}: source_row: {number!r} is no row's number")
    return Correction(**{name: line[name] or "" for name in COLUMNS if name != "source_row"}, source_row=int(number))
