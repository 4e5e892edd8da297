"""The outputs of ``imagequant predict``. Each receives the questions and answers of one photo at a time."""

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
_ANSWER = {"entity": pa.string(), **_ALTERNATIVE, "reason": pa.string(), "words": pa.string()}
_BOX = dict.fromkeys(("x0", "y0", "x1", "y1"), pa.float64())
SCHEMA = pa.schema(
    {"photo": pa.string(), "index": pa.string(), **_ANSWER, **_BOX, "alternatives": pa.list_(pa.struct(_ALTERNATIVE))}
)


def print_json(questions: Sequence[Question], predictions: Predictions) -> None:
    """Print one line of JSON per photo; an answer has the ``index`` of its question if there is one."""
    values = predictions.to_dict()
    for question, answer in zip(questions, values["predictions"], strict=True):
        if question.index:
            answer["index"] = question.index
    print(json.dumps(values, ensure_ascii=False), flush=True)


def print_lines(_: Sequence[Question], predictions: Predictions) -> None:
    """Print one tab-separated line per answer: photo, entity, answer, confidence, text it was read from."""
    for each in predictions:
        found = each.words if each.text else each.shown
        cells = (predictions.photo, each.entity, each.text, f"{each.confidence:.2f}", found)
        print("\t".join(" ".join(cell.split()) for cell in cells))
    sys.stdout.flush()


def csv_output(target: str) -> AbstractContextManager[Output]:
    """Return an output that collects rows and writes them as CSV at the end (``-``: to standard output)."""

    def write(rows: Sequence[dict[str, Any]]) -> None:
        cells = [
            [*(row[name] for name in SCHEMA.names[:-1]), json.dumps(row["alternatives"], ensure_ascii=False)]
            for row in rows
        ]
        if target == STANDARD_OUTPUT:
            csv.writer(sys.stdout, lineterminator="\n").writerows([SCHEMA.names, *cells])
        else:
            write_csv(location(target), SCHEMA.names, cells)

    return _collecting(write)


def parquet_output(target: str) -> AbstractContextManager[Output]:
    """Return an output that collects rows and writes them as parquet at the end."""
    return _collecting(lambda rows: write_table(location(target), rows, SCHEMA))


def drawing_output(folder: Path) -> Output:
    """Return an output that draws the answers on each photo and writes it to a folder."""
    from imagequant.predictor.picture import draw_predictions  # noqa: PLC0415

    names: Counter[str] = Counter()

    def draw(_: Sequence[Question], predictions: Predictions) -> None:
        stem = PurePosixPath(predictions.photo.partition("?")[0]).stem or "photo"
        names[stem] += 1
        # Photos from different folders may have the same name.
        name = stem if names[stem] == 1 else f"{stem}-{names[stem]}"
        folder.mkdir(parents=True, exist_ok=True)
        draw_predictions(predictions).save(folder / f"{name}.png")

    return draw


@contextmanager
def _collecting(write: Callable[[Sequence[dict[str, Any]]], None]) -> Iterator[Output]:
    rows: list[dict[str, Any]] = []
    try:
        yield lambda questions, predictions: rows.extend(answer_rows(questions, predictions))
    finally:
        # Answers are kept even if the run is stopped.
        write(rows)


def answer_rows(questions: Sequence[Question], predictions: Predictions) -> Iterator[dict[str, Any]]:
    """Yield one row per question about a photo; ``index`` is None if the question has none."""
    for question, prediction in zip(questions, predictions, strict=True):
        box = prediction.box
        yield {
            "photo": predictions.photo,
            "index": question.index or None,
            **{name: getattr(prediction, name) for name in _ANSWER},
            **{name: getattr(box, name) if box else None for name in _BOX},
            "alternatives": [{name: getattr(each, name) for name in _ALTERNATIVE} for each in prediction.alternatives],
        }
