"""Answers drawn on their photo: answers have letters, alternatives have numbers, and every word has a thin frame."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import cycle
from string import ascii_uppercase

from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.records import Box
from imagequant.imaging.draw import GREY, BoxMark, Color, LegendLine, draw_evidence, encoded, text_color
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
_NOTEBOOK_SIDE = 560
_ENLARGE = 2.0
_HEADER = ("", "entity", "answer", "confidence", "text", "alternatives")


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
                red, green, blue = ((value + 255) // 2 for value in ENTITY_COLORS[each.entity])
                colors[other.box] = red, green, blue
    return BoxLabels(names, colors)


def draw_predictions(predictions: Predictions, max_side: int = _LONG_SIDE, *, with_legend: bool = True) -> Image.Image:
    """Draw words, answers and alternatives on the photo, and a legend below.

    Args:
        predictions: The answers about the photo.
        max_side: The longer side of the photo in the picture, in pixels.
        with_legend: Whether to add the legend.

    Raises:
        InputError: If the photo cannot be opened again.
    """
    photo = load_image(predictions.image, predictions.photo)
    key = box_labels(predictions)
    # In drawing order: words, alternatives, answers on top.
    marks = [BoxMark(word.box, GREY, width=1) for word in predictions.words]
    for box, name in reversed([*key.names.items()]):
        marks.append(BoxMark(box, key.colors[box], name, width=2 if name.isdigit() else 3))
    return draw_evidence(photo, marks, legend(predictions, key) if with_legend else (), max_side, _ENLARGE)


def legend(predictions: Predictions, key: BoxLabels) -> list[LegendLine]:
    """Return one line per answer; entities with neither an answer nor an alternative share one line per reason."""
    lines = []
    for each in predictions:
        if each.text or each.alternatives:
            answer = f"{each.text} ({percent(each.confidence)})" if each.text else each.shown
            others = _alternatives(each, key)
            text = f"{each.entity}: {answer}" + (f"; alternatives {others}" if others else "")
            lines.append(LegendLine(text, *((key.names[each.box], key.colors[each.box]) if each.box else ("?",))))
    return lines + [LegendLine(text) for text in not_found(predictions)]


def _alternatives(prediction: Prediction, key: BoxLabels) -> str:
    others = prediction.alternatives
    return ", ".join(f"[{key.names[other.box]}] {other.text} ({percent(other.confidence)})" for other in others)


class NotebookPredictions(Predictions):
    """Predictions that a notebook shows as the photo, with the answers marked on it, and a table."""

    def _repr_html_(self) -> str:
        return to_html(self)


def to_html(predictions: Predictions) -> str:
    """Return the photo with its boxes (embedded, sides of at most 560 pixels) and a table of the answers."""
    key = box_labels(predictions)
    rows = ""
    for each in predictions:
        cells = (each.entity, each.shown, percent(each.confidence), each.words, _alternatives(each, key))
        rows += _row("td", _chip(each, key), *map(escape, cells))
    table = f"<table><thead>{_row('th', *_HEADER)}</thead><tbody>{rows}</tbody></table>"
    return f"<div>{escape(predictions.photo)}</div>{_picture(predictions)}{table}"


def _row(tag: str, *cells: str) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align: left">{cell}</{tag}>' for cell in cells) + "</tr>"


def _chip(prediction: Prediction, key: BoxLabels) -> str:
    if prediction.box is None:
        return ""
    color = key.colors[prediction.box]
    style = f"background: rgb{color}; color: {text_color(color)}; padding: 0 4px"
    return f'<span style="{style}">{key.names[prediction.box]}</span>'


def _picture(predictions: Predictions) -> str:
    try:
        picture = draw_predictions(predictions, _NOTEBOOK_SIDE, with_legend=False)
    except InputError as error:  # the file is gone; the answers are not
        return f"<div>{escape(str(error))}</div>"
    payload = base64.b64encode(encoded(picture, "JPEG", quality=85)).decode()
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<img {size} alt="The photo with its answers marked" src="data:image/jpeg;base64,{payload}">'
