"""Oracle recall of words, whoever read them: the share of labels that the project's grammar finds among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.speed.harness import ROOT
from benchmarks.speed.photos import Answer
from imagequant.candidates.photo import read_photo
from imagequant.core.records import PhotoWords, Word
from imagequant.params import load_params
from imagequant.quantity.scoring import Quantity, same_quantity


def oracle_recall(words: Mapping[Path, PhotoWords], answers: Sequence[Answer], *, bare: bool = True) -> dict[str, Any]:
    """The share of labelled answers among what was read.

    Args:
        words: By photo.
        answers: Labels; those of other photos do not count.
        bare: Whether to take from each word only what every reader gives (``without_extras``).
    """
    params = load_params(ROOT / "params.yaml")
    found: dict[Path, list[Quantity]] = {}
    for photo, read in words.items():
        with Image.open(photo) as image:
            size = image.size
        reading = read_photo(without_extras(read) if bare else read, *size, params.candidates, params.domain)
        found[photo] = [Quantity(candidate.value, candidate.unit) for candidate in reading.candidates]
    hits = [
        any(same_quantity(candidate, answer.quantity) for candidate in found[answer.photo])
        for answer in answers
        if answer.photo in found
    ]
    return {"rows": len(hits), "found": sum(hits), "oracle_recall": sum(hits) / max(len(hits), 1)}


def without_extras(read: PhotoWords) -> PhotoWords:
    """Words as every reader gives them: no other readings, no places of characters, the direction seen by the shape.

    With them, ours could propose quantities that the others were never asked for.
    """
    return replace(read, words=tuple(_bare(word) for word in read.words))


def _bare(word: Word) -> Word:
    upright = len(word.text) > 1 and word.box.height > 1.5 * word.box.width
    return replace(word, alternatives=(), centers=(), angle=90 if upright else 0)
