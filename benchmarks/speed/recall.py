"""Oracle recall of words, whoever read them: the share of labels that the project's grammar finds among them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.speed.harness import ROOT
from imagequant.candidates.photo import read_photo
from imagequant.core.files import file_digest
from imagequant.core.records import PhotoWords
from imagequant.params import load_params
from imagequant.quantity.labels import parse_label
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.storage.layout import list_shards
from imagequant.storage.words import read_words


def oracle_recall(words: Path, photos: Sequence[Path], labels: Sequence[Path]) -> dict[str, Any]:
    """The share of labelled answers among what was read.

    Args:
        words: A folder of shards as the ``ocr`` stage writes them.
        photos: The photos that were read.
        labels: CSV files in the contest's columns.
    """
    read = {photo.sha256: photo for path in list_shards(words, "parquet") for photo in read_words(path)}
    params = load_params(ROOT / "params.yaml")
    found: dict[str, tuple[Quantity, ...]] = {}
    for photo in photos:
        sha256 = file_digest(photo)
        with Image.open(photo) as image:
            reading = read_photo(
                read.get(sha256) or PhotoWords(sha256, (), ()), *image.size, params.candidates, params.domain
            )
        found[photo.name] = tuple(Quantity(candidate.value, candidate.unit) for candidate in reading.candidates)
    hits = [
        any(same_quantity(candidate, truth) for candidate in found[name])
        for name, truth in _answers(labels)
        if name in found
    ]
    return {"rows": len(hits), "oracle_recall": sum(hits) / max(len(hits), 1)}


def _answers(labels: Sequence[Path]) -> list[tuple[str, Quantity]]:
    rows: list[Mapping[str, str]] = []
    for path in labels:
        with path.open(newline="", encoding="utf-8") as file:
            rows.extend(csv.DictReader(file))
    parsed = [(Path(row["image_link"]).name, parse_label(row["entity_value"])) for row in rows]
    return [
        (name, Quantity(label.value, label.unit))
        for name, label in parsed
        if label.status == "ok" and not label.is_range
    ]
