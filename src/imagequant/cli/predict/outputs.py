"""Where the answers of ``imagequant predict`` go. Each output takes one photo's questions and answers at a time."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from imagequant.core.files import write_csv
from imagequant.core.locations import location
from imagequant.predictor.results import Predictions, Question
from imagequant.storage.tables import write_table

Output = Callable[[Sequence[Question], Predictions], None]
STANDARD_OUTPUT = "-"
_ALTERNATIVE = {"text": pa.string(), "value": pa.float64(), "unit": pa.string(), "confidence": pa.float64()}
_ANSWER = {
    "entity": pa.string(),
    "text": pa.string(),
    "value": pa.float64(),
    "unit": pa.string(),
    "confidence": pa.float64(),
    "reason": pa.string(),
    "words": pa.string(),
}
_BOX = {"x0": pa.float64(), "y0": pa.float64(), "x1": pa.float64(), "y1": pa.float64()}
SCHEMA = pa.schema(
    {
        "photo": pa.string(),
        "index": pa.string(),
        **_ANSWER,
        **_BOX,
        "alternatives": pa.list_(pa.struct(_ALTERNATIVE)),
    }
)


def print_json(questions: Sequence[Question], predictions: Predictions) -> None:
    """Prints one line of JSON; an answer has the ``index`` of its question where that has one."""
    values = predictions.to_dict()
    for question, answer in zip(questions, values["predictions"], strict=True):
        if question.index:
            answer["index"] = question.index
    print(json.dumps(values, ensure_ascii=False), flush=True)


def print_lines(_: Sequence[Question], predictions: Predictions) -> None:
    """Prints a line an answer, parted by tabs: photo, entity, answer, confidence, the words it was read from."""
    for each in predictions:
        found = each.words if each.text else f"not found: {each.reason}"
        cells = (predictions.photo, each.entity, each.text, f"{each.confidence:.2f}", found)
        print("\t".join(" ".join(cell.split()) for cell in cells))
    sys.stdout.flush()


def csv_output(target: str) -> AbstractContextManager[Output]:
    """What gathers rows and in the end writes them as CSV, alternatives in them as JSON, to a file or ``-``."""

    def write(rows: Sequence[dict[str, Any]]) -> None:
        cells = [[_cell(row[name]) for name in SCHEMA.names] for row in rows]
        if target == STANDARD_OUTPUT:
            csv.writer(sys.stdout, lineterminator="\n").writerows([SCHEMA.names, *cells])
        else:
            write_csv(location(target), SCHEMA.names, cells)

    return _gathering(write)


def parquet_output(target: str) -> AbstractContextManager[Output]:
    """What gathers rows and in the end writes them as parquet."""
    return _gathering(lambda rows: write_table(location(target), rows, SCHEMA))


def drawing_output(folder: Path) -> Output:
    """What draws each photo into a folder."""
    from imagequant.predictor.picture import draw_predictions  # noqa: PLC0415

    names: Counter[str] = Counter()

    def draw(_: Sequence[Question], predictions: Predictions) -> None:
        stem = PurePosixPath(predictions.photo.partition("?")[0]).stem or "photo"
        names[stem] += 1
        # Photos of one name from several folders lie beside each other.
        name = stem if names[stem] == 1 else f"{stem}-{names[stem]}"
        folder.mkdir(parents=True, exist_ok=True)
        draw_predictions(predictions).save(folder / f"{name}.png")

    return draw


@contextmanager
def _gathering(write: Callable[[Sequence[dict[str, Any]]], None]) -> Iterator[Output]:
    rows: list[dict[str, Any]] = []
    try:
        yield lambda questions, predictions: rows.extend(answer_rows(questions, predictions))
    finally:
        # Whatever stops it, what was answered is kept.
        write(rows)


def answer_rows(questions: Sequence[Question], predictions: Predictions) -> Iterator[dict[str, Any]]:
    """One photo's answers, a row a question; ``index`` is None where the question has none."""
    for question, prediction in zip(questions, predictions, strict=True):
        box = prediction.box
        yield {
            "photo": predictions.photo,
            "index": question.index or None,
            **{name: getattr(prediction, name) for name in _ANSWER},
            **{name: getattr(box, name) if box else None for name in _BOX},
            "alternatives": [
                {name: getattr(other, name) for name in _ALTERNATIVE} for other in prediction.alternatives
            ],
        }


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
