"""Answers drawn on their photo: answers have letters, alternatives have numbers, and every word has a thin frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from string import ascii_uppercase

from PIL import Image

from imagequant.core.records import Box
from imagequant.imaging.draw import GREY, BoxMark, Color, LegendLine, draw_evidence, draw_marks
from imagequant.imaging.load import load_image
from imagequant.predictor.results import Prediction, Predictions, not_found, percent
from imagequant.quantity.units import ENTITIES

# One colour per entity from the colour-blind-safe palette of Okabe and Ito.
_PALETTE = (
    (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (60, 60, 60), (240, 228, 66), (230, 159, 0),
    (86, 180, 233),
)  # fmt: skip
ENTITY_COLORS: dict[str, Color] = dict(zip(ENTITIES, cycle(_PALETTE), strict=False))
_LONG_SIDE = 1200
_ENLARGE = 2.0


@dataclass(frozen=True)
class BoxLabels:
    """The label (a letter or a number) and the colour of each box, answers first."""

    names: Mapping[Box, str]
    colors: Mapping[Box, Color]


def box_labels(predictions: Predictions) -> BoxLabels:
    """Label the boxes of answers and alternatives. A box that several entities share has one label."""
    names: dict[Box, str] = {}
    colors: dict[Box, Color] = {}
    for each in predictions:
        if each.box is not None and each.box not in names:
            names[each.box] = ascii_uppercase[len(names)]
            colors[each.box] = ENTITY_COLORS[each.entity]
    chosen = len(names)
    for each in predictions:
        for other in each.alternatives:
            if other.box not in names:
                names[other.box] = str(len(names) - chosen + 1)
                colors[other.box] = _paler(ENTITY_COLORS[each.entity])
    return BoxLabels(names, colors)


def draw_predictions(predictions: Predictions) -> Image.Image:
    """Draw words, answers and alternatives on the photo, with a legend below.

    Raises:
        InputError: If the photo cannot be opened again.
    """
    photo = load_image(predictions.image, predictions.photo)
    key = box_labels(predictions)
    return draw_evidence(photo, marks_of(predictions, key), legend(predictions, key), _LONG_SIDE, _ENLARGE)


def draw_photo(predictions: Predictions, max_side: int) -> Image.Image:
    """Draw words, answers and alternatives on the photo, without a legend.

    Raises:
        InputError: If the photo cannot be opened again.
    """
    photo = load_image(predictions.image, predictions.photo)
    return draw_marks(photo, marks_of(predictions, box_labels(predictions)), max_side, _ENLARGE)


def marks_of(predictions: Predictions, key: BoxLabels) -> list[BoxMark]:
    """Return the marks in drawing order: words, alternatives, answers on top."""
    words = [BoxMark(word.box, GREY, width=1) for word in predictions.words]
    named = [
        BoxMark(box, key.colors[box], name, width=2 if name.isdigit() else 3)
        for box, name in reversed(list(key.names.items()))
    ]
    return words + named


def legend(predictions: Predictions, key: BoxLabels) -> list[LegendLine]:
    """Return one line per answer; entities with neither an answer nor an alternative share one line per reason."""
    lines = [
        LegendLine(_legend_text(each, key), *((key.names[each.box], key.colors[each.box]) if each.box else ("?",)))
        for each in predictions
        if each.text or each.alternatives
    ]
    return lines + [LegendLine(text) for text in not_found(predictions)]


def _legend_text(prediction: Prediction, key: BoxLabels) -> str:
    answer = (
        f"{prediction.text} ({percent(prediction.confidence)})"
        if prediction.text
        else f"not found: {prediction.reason}"
    )
    others = ", ".join(
        f"[{key.names[other.box]}] {other.text} ({percent(other.confidence)})" for other in prediction.alternatives
    )
    return f"{prediction.entity}: {answer}" + (f"; alternatives {others}" if others else "")


def _paler(color: Color) -> Color:
    red, green, blue = ((value + 255) // 2 for value in color)
    return red, green, blue
