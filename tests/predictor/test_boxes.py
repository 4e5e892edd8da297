"""Boxes on generated photos, read by the real engine: they sit where the amount is printed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.candidates.photo import read_photo
from imagequant.core.records import Box, PhotoWords
from imagequant.imaging.ink import tight_box
from imagequant.imaging.load import load_image
from imagequant.ocr.rapidocr.engine import RapidOcrEngine
from imagequant.params import load_params
from imagequant.quantity.labels import parse_label
from imagequant.stages.synthetic.run import printed_amounts
from imagequant.synthetic.photo import make_photo
from imagequant.synthetic.render.geometry import bounds

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")
SEED, PHOTOS = 77, 32


def overlaps() -> Iterator[float]:
    """Intersection over union of the true boxes and those of candidates with the right amount, over the photos."""
    engine = RapidOcrEngine(PARAMS.ocr.rapidocr)
    for number in range(PHOTOS):
        photo = make_photo(SEED, 0, number, CONTEST)
        pixels = load_image(photo.payload)
        words = tuple(engine.read(pixels))
        height, width = pixels.shape[:2]
        reading = read_photo(PhotoWords("", words, (True,) * len(words)), width, height, PARAMS.candidates, CONTEST)
        for answer, mark in printed_amounts(photo):
            label = parse_label(answer.label, CONTEST.entities[answer.entity])
            right = [each for each in reading.candidates if (each.value, each.unit) == (label.value, label.unit)]
            boxes = [tight_box(pixels, each.box, each.angle) for each in right]
            if boxes:
                yield max(overlap(box, bounds(mark.quad)) for box in boxes)


def overlap(one: Box, other: Box) -> float:
    shared = one.intersection(other)
    return shared / (one.area + other.area - shared)


@pytest.mark.slow
def test_boxes_overlap_the_print() -> None:
    found = np.array(list(overlaps()))
    assert len(found) > PHOTOS / 2
    assert np.median(found) >= 0.75
    assert (found >= 0.5).mean() >= 0.95
