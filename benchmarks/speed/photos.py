"""Which photos are read: some to choose settings on, others to report on, and these in parts, one for each run."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.quantity.labels import parse_label
from imagequant.quantity.scoring import Quantity


@dataclass(frozen=True)
class Answer:
    """A labelled answer: a photo and a quantity that is printed on it."""

    photo: Path
    quantity: Quantity


@dataclass(frozen=True)
class Photos:
    """Photos and their labels.

    Attributes:
        choosing: Settings are chosen on these.
        parts: Figures are reported on these, one part in each run; none of them is in ``choosing``.
        answers: The labels of all.
        origin: Where they come from and how many there are, for the record.
    """

    choosing: tuple[Path, ...]
    parts: tuple[tuple[Path, ...], ...]
    answers: tuple[Answer, ...]
    origin: str

    @property
    def reported(self) -> tuple[Path, ...]:
        """The photos of all parts."""
        return tuple(photo for part in self.parts for photo in part)


def find_photos(data: Path, generated: Path, choosing: int, size: int, runs: int) -> Photos:
    """Returns the labelled photos of a folder, or of one CSV file.

    Half of them, by a hash of the name, are there to choose settings on; of this half at most ``choosing`` are taken,
    of the other at most ``runs`` parts of ``size``. With fewer photos the parts are smaller.

    Args:
        data: The folder or file.
        generated: The folder of the generated photos, which the record calls so.
        choosing: How many to choose settings on.
        size: How many to read in a run.
        runs: How many runs.

    Raises:
        InputError: If there are too few photos with answers.
    """
    labels = [data] if data.is_file() else [path for path in sorted(data.glob("*.csv")) if _has_labels(path)]
    answers = tuple(answer for path in labels for answer in _answers(path))
    names = sorted({answer.photo for answer in answers}, key=_order)
    first, second = names[: len(names) // 2], names[len(names) // 2 :]
    size = min(size, len(second) // runs)
    if not size or not first:
        raise InputError(f"{data}: {len(names)} photos with answers; at least {2 * runs} are needed")
    parts = tuple(tuple(second[number * size : (number + 1) * size]) for number in range(runs))
    folder = "generated photos" if data.resolve() == generated.resolve() else data.resolve().name
    origin = (
        f"{folder}: {size} photos in each of {runs} runs, of {len(names)} with answers in "
        f"{', '.join(path.name for path in labels)} (sha256 {_digest(labels)})"
    )
    return Photos(tuple(first[:choosing]), parts, answers, origin)


def _has_labels(path: Path) -> bool:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {"image_link", "entity_value"} <= set(next(csv.reader(file), []))


def _answers(path: Path) -> Iterable[Answer]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        photo = path.parent / row["image_link"]
        label = parse_label(row["entity_value"])
        if label.status == "ok" and not label.is_range and "://" not in row["image_link"] and photo.is_file():
            yield Answer(photo, Quantity(label.value, label.unit))


def _order(photo: Path) -> str:
    return hashlib.sha256(photo.name.encode()).hexdigest()


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
