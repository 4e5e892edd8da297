"""Predictions as HTML for notebooks."""

from __future__ import annotations

import base64
import io
from html import escape

from imagequant.core.errors import InputError
from imagequant.imaging.draw import text_color
from imagequant.predictor.picture import BoxLabels, box_labels, draw_photo
from imagequant.predictor.results import Prediction, Predictions, percent

_LONG_SIDE = 560
_HEADER = ("", "entity", "answer", "confidence", "text", "alternatives")


class NotebookPredictions(Predictions):
    """Predictions that a notebook shows as the photo, with the answers marked on it, and a table."""

    def _repr_html_(self) -> str:
        return to_html(self)


def to_html(predictions: Predictions) -> str:
    """Return the photo with its boxes (embedded, sides of at most ``_LONG_SIDE`` pixels) and a table of the answers."""
    key = box_labels(predictions)
    rows = "".join(_row("td", _chip(each, key), *map(escape, _cells(each, key))) for each in predictions)
    table = f"<table><thead>{_row('th', *_HEADER)}</thead><tbody>{rows}</tbody></table>"
    return f"<div>{escape(predictions.photo)}</div>{_picture(predictions)}{table}"


def _row(tag: str, *cells: str) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align: left">{cell}</{tag}>' for cell in cells) + "</tr>"


def _chip(prediction: Prediction, key: BoxLabels) -> str:
    """Return the label that marks the answer on the photo."""
    if prediction.box is None:
        return ""
    color = key.colors[prediction.box]
    style = f"background: rgb{color}; color: {text_color(color)}; padding: 0 4px"
    return f'<span style="{style}">{key.names[prediction.box]}</span>'


def _cells(prediction: Prediction, key: BoxLabels) -> tuple[str, ...]:
    answer = prediction.text or f"not found: {prediction.reason}"
    others = (
        f"[{key.names[other.box]}] {other.text} ({percent(other.confidence)})" for other in prediction.alternatives
    )
    return prediction.entity, answer, percent(prediction.confidence), prediction.words, ", ".join(others)


def _picture(predictions: Predictions) -> str:
    try:
        picture = draw_photo(predictions, _LONG_SIDE)
    except InputError as error:  # the file is gone; the answers are not
        return f"<div>{escape(str(error))}</div>"
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    payload = base64.b64encode(buffer.getvalue()).decode()
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<img {size} alt="The photo with its answers marked" src="data:image/jpeg;base64,{payload}">'
