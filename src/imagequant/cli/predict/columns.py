"""The columns of files of answers, and the cells of their rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imagequant.cli.predict.answering import Answered
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.prediction import Prediction, Products
from imagequant.predictor.results import Predictions

ALTERNATIVE = ("text", "value", "low", "high", "unit", "confidence")
_ANSWER = ("entity", *ALTERNATIVE, "printed", "tolerance", "bound", "count", "part", "reason", "words")
_BOX = ("x0", "y0", "x1", "y1")
NUMBERS = frozenset(("value", "low", "high", "confidence", "tolerance", "count", "part", *_BOX))
ALTERNATIVES = "alternatives"
_QUESTION = ("photo", "index", "group_id")
_PRODUCT = ("product", "product_name")


@dataclass(frozen=True)
class Columns:
    """The columns of a file of answers.

    Attributes:
        names: All of them: ours, then the input's others, renamed where they have a name of ours.
        others: The input's names of the others.
        by_product: Whether each product of a photo has its own rows, with its number and name.
    """

    names: tuple[str, ...]
    others: tuple[str, ...]
    by_product: bool = False


@dataclass(frozen=True)
class Shown:
    """Answers shown together: about a photo's main product, or about one of several, with its number and name."""

    number: str
    name: str
    predictions: tuple[Prediction, ...]
    dimensions: str


def columns_with(others: Iterable[str], products: Products = "main") -> Columns:
    """Return the columns for an input with other columns."""
    others, by_product = tuple(others), products == "all"
    own = (*_QUESTION, *(_PRODUCT if by_product else ()), *_ANSWER, *_BOX, ALTERNATIVES, "warning", "error", "model")
    names = list(own)
    for name in others:
        while name in names:
            name = f"input_{name}"  # noqa: PLW2901
        names.append(name)
    return Columns(tuple(names), others, by_product)


def shown(found: Predictions) -> list[Shown]:
    """Return a photo's answers, by product if all products were asked for."""
    if not found.products:
        return [Shown("", "", found.predictions, found.dimensions)]
    return [
        Shown(str(number), each.name, each.predictions, each.dimensions)
        for number, each in enumerate(found.products, start=1)
    ]


def file_rows(answered: Answered, columns: Columns) -> Iterator[list[Any]]:
    """Yield the cells of one row per question, or per question and product; what does not exist is None."""
    found = answered.predictions
    for place, row in enumerate(answered.rows):
        for product in shown(found) if found else (None,):
            answer = product.predictions[place] if product else None
            box = answer.box if answer else None
            alternatives = answer.alternatives if answer else ()
            numbered = (product.number or None, product.name or None) if product else (None, None)
            yield [
                row.photo,
                row.index or None,
                row.group_id or None,
                *(numbered if columns.by_product else ()),
                row.entity,
                *(getattr(answer, name, None) for name in _ANSWER[1:]),
                *(getattr(box, name, None) for name in _BOX),
                [{name: getattr(each, name) for name in ALTERNATIVE} for each in alternatives],
                (found.warning if found else "") or None,
                answered.error or None,
                model_label(found.model) if found else None,
                *(row.others.get(name) for name in columns.others),
            ]


def model_label(model: ModelInfo) -> str:
    """Return which model answered, in one cell."""
    return f"{model.name} {model.version} {model.sha256[:12]}"


def as_csv(cells: Sequence[Any]) -> list[Any]:
    """Return the cells of a row for CSV: alternatives as JSON."""
    return [json.dumps(cell, ensure_ascii=False) if isinstance(cell, list) else cell for cell in cells]
