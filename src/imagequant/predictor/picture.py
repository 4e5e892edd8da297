"""Answers drawn on their photo: beside each stand entity and value; alternatives have numbers, words thin frames."""

import base64
from collections.abc import Mapping
from html import escape

from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.records import Box
from imagequant.imaging.draw import BoxMark, LegendLine, draw_evidence, encoded
from imagequant.imaging.load import load_image
from imagequant.imaging.palette import GREY, contrasting, entity_color, named, pale
from imagequant.predictor.prediction import Prediction
from imagequant.predictor.results import Predictions, not_found, percent

_LONG_SIDE = 1200
_NOTEBOOK_SIDE = 560
_ENLARGE = 2.0
_HEADER = ("entity", "answer", "confidence", "text", "alternatives")


def box_names(predictions: Predictions) -> dict[Box, str]:
    """Return what to call each box: the entity whose answer stands there, or else the number of an alternative."""
    names: dict[Box, str] = {}
    answers = predictions.by_product
    for each in answers:
        if each.box is not None:
            names.setdefault(each.box, named(each.entity))
    chosen = len(names)
    for each in answers:
        for other in each.alternatives:
            names.setdefault(other.box, str(len(names) - chosen + 1))
    return names


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
    names = box_names(predictions)
    answers = predictions.by_product
    marked = {each.box for each in answers}
    # In drawing order: words, alternatives, answers on top.
    marks = [BoxMark(word.box, GREY, width=1) for word in predictions.words]
    if len(predictions.products) > 1:
        marks += [
            BoxMark(each.box, GREY, f"{number} {each.name}".strip(), width=2)
            for number, each in enumerate(predictions.products, start=1)
        ]
    for each in answers:
        for other in each.alternatives:
            if other.box not in marked:
                marked.add(other.box)
                marks.append(BoxMark(other.box, pale(entity_color(each.entity)), names[other.box], width=2))
    marks += [
        BoxMark(each.box, entity_color(each.entity), f"{named(each.entity)} {each.text}")
        for each in answers
        if each.box is not None
    ]
    return draw_evidence(photo, marks, legend(predictions, names) if with_legend else (), max_side, _ENLARGE)


def legend(predictions: Predictions, names: Mapping[Box, str]) -> list[LegendLine]:
    """Return one line per answer; entities with neither an answer nor an alternative share one line per reason."""
    lines = []
    for product, each in _numbered(predictions):
        if each.text or each.alternatives:
            answer = f"{each.text} ({percent(each.confidence)})" if each.text else each.shown
            others = _alternatives(each, names)
            text = answer + (f"; alternatives {others}" if others else "")
            lines.append(LegendLine(product + text, named(each.entity), entity_color(each.entity)))
    return lines + ([] if len(predictions.products) > 1 else [LegendLine(text) for text in not_found(predictions)])


def _numbered(predictions: Predictions) -> list[tuple[str, Prediction]]:
    """Return the answers to draw, each after the number and name of its product if there are several."""
    if len(predictions.products) < 2:
        return [("", each) for each in predictions]
    numbered = enumerate(predictions.products, start=1)
    return [(f"{number} {each.name}".strip() + ": ", answer) for number, each in numbered for answer in each]


def _alternatives(prediction: Prediction, names: Mapping[Box, str]) -> str:
    others = prediction.alternatives
    return ", ".join(f"[{names[other.box]}] {other.text} ({percent(other.confidence)})" for other in others)


class NotebookPredictions(Predictions):
    """Predictions that a notebook shows as the photo, with the answers marked on it, and a table."""

    def _repr_html_(self) -> str:
        return to_html(self)


def to_html(predictions: Predictions) -> str:
    """Return the photo with its boxes (embedded, sides of at most 560 pixels) and a table of the answers."""
    names = box_names(predictions)
    rows = ""
    for product, each in _numbered(predictions):
        cells = (product + each.shown, percent(each.confidence), each.words, _alternatives(each, names))
        rows += _row("td", _chip(each.entity), *map(escape, cells))
    table = f"<table><thead>{_row('th', *_HEADER)}</thead><tbody>{rows}</tbody></table>"
    return f"<div>{escape(predictions.photo)}</div>{_picture(predictions)}{table}"


def _row(tag: str, *cells: str) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align: left">{cell}</{tag}>' for cell in cells) + "</tr>"


def _chip(entity: str) -> str:
    color = entity_color(entity)
    style = f"background: rgb{color}; color: rgb{contrasting(color)}; padding: 0 4px"
    return f'<span style="{style}">{escape(named(entity))}</span>'


def _picture(predictions: Predictions) -> str:
    try:
        picture = draw_predictions(predictions, _NOTEBOOK_SIDE, with_legend=False)
    except InputError as error:  # the file is gone; the answers are not
        return f"<div>{escape(str(error))}</div>"
    payload = base64.b64encode(encoded(picture, "JPEG", quality=85)).decode()
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<img {size} alt="The photo with its answers marked" src="data:image/jpeg;base64,{payload}">'
