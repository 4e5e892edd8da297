"""Generates photos and writes them with their questions in the contest's columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from imagequant.core.files import fresh_folder, write_bytes, write_csv
from imagequant.core.iteration import chunks
from imagequant.executor import map_shards
from imagequant.params import Params
from imagequant.quantity.domain import Domain
from imagequant.quantity.grammar import parse_quantities
from imagequant.quantity.labels import parse_label
from imagequant.storage.layout import SPLITS, Layout, Split
from imagequant.storage.tables import write_table
from imagequant.synthetic.photo import SyntheticPhoto, make_photo
from imagequant.synthetic.records import SceneQuestion
from imagequant.synthetic.render.geometry import PrintedText, bounds
from imagequant.synthetic.render.rng import seeded_rng

_CHUNK = 16
_LARGEST_GAP = 4
BOXES = pa.schema(
    [
        *((name, pa.string()) for name in ("image_link", "kind", "entity_name", "text")),
        *((name, pa.float64()) for name in ("x0", "y0", "x1", "y1", "angle")),
    ]
)


@dataclass(frozen=True)
class PhotoRows:
    """A photo's path, questions, and boxes of the answers."""

    link: str
    group: int
    questions: tuple[tuple[str, str], ...]
    boxes: tuple[dict[str, Any], ...]


def run(params: Params, layout: Layout) -> None:
    """Write ``train.csv``, ``test.csv``, ``test_answers.csv``, ``boxes.parquet`` and ``images/``."""
    folder = fresh_folder(layout.data("synthetic"))
    (folder / "images").mkdir()
    counts = {"train": params.synthetic.train_photos, "test": params.synthetic.test_photos}
    # Consecutive photos of a split are generated together.
    work = [(split, numbers) for split in SPLITS for numbers in chunks(range(counts[split]), _CHUNK)]
    build = partial(partial, _draw_photos, params.synthetic.seed, folder, params.domain)
    rows: dict[Split, list[PhotoRows]] = {split: [] for split in SPLITS}
    for (split, _), photos in zip(work, map_shards(build, work, params.executor, "synthetic"), strict=True):
        rows[split] += photos
    train = [(photo.link, photo.group, entity, label) for photo in rows["train"] for entity, label in photo.questions]
    write_csv(folder / "train.csv", ("image_link", "group_id", "entity_name", "entity_value"), train)
    _write_test(folder, rows["test"], params.synthetic.seed)
    boxes = [box for split in SPLITS for photo in rows[split] for box in photo.boxes]
    write_table(folder / "boxes.parquet", boxes, BOXES)


def _draw_photos(seed: int, folder: Path, domain: Domain, part: tuple[Split, list[int]]) -> list[PhotoRows]:
    split, numbers = part
    rows = []
    for number in numbers:
        photo = make_photo(seed, SPLITS.index(split), number, domain)
        link = f"images/{split}_{number:06d}.{photo.suffix}"
        write_bytes(folder / link, photo.payload)
        questions = tuple((answer.entity, answer.label) for answer in photo.answers)
        rows.append(PhotoRows(link, photo.group, questions, tuple(_boxes(photo, link))))
    return rows


def _boxes(photo: SyntheticPhoto, link: str) -> Iterator[dict[str, Any]]:
    for answer, mark in printed_amounts(photo):
        box = bounds(mark.quad)
        cells = (link, photo.kind, answer.entity, mark.text, box.x0, box.y0, box.x1, box.y1, mark.angle)
        yield dict(zip(BOXES.names, cells, strict=True))


def printed_amounts(photo: SyntheticPhoto) -> Iterator[tuple[SceneQuestion, PrintedText]]:
    """Yield each answer and the part of its printed text that says the amount; all of it if that is in pieces."""
    for answer in photo.answers:
        if answer.key is not None:
            label, mark = parse_label(answer.label), photo.marks[answer.key]
            parts = (
                mark.part(each.start, each.end)
                for each in parse_quantities(mark.text)
                if (each.value, each.unit) == (label.value, label.unit)
            )
            yield answer, next(parts, mark)


def _write_test(folder: Path, photos: list[PhotoRows], seed: int) -> None:
    # The contest's index has gaps, because its test rows are a sample. Readers must not rely on row numbers.
    questions: list[tuple[object, ...]] = []
    answers: list[tuple[object, ...]] = []
    gaps = seeded_rng(seed, len(SPLITS), 1)
    index = -1
    for photo in photos:
        for entity, label in photo.questions:
            index += gaps.integer(1, _LARGEST_GAP)
            questions.append((index, photo.link, photo.group, entity))
            answers.append((index, label))
    write_csv(folder / "test.csv", ("index", "image_link", "group_id", "entity_name"), questions)
    write_csv(folder / "test_answers.csv", ("index", "entity_value"), answers)
