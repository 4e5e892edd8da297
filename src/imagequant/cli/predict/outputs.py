"""The outputs of ``imagequant predict``. Each receives consecutive rows about one photo with their answers."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from imagequant.cli.predict.answering import Answered
from imagequant.core.files import replacing
from imagequant.core.locations import location
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.results import floored, place_of, worth_showing
from imagequant.storage.raw import import_parquet

Output = Callable[[Answered], object]
STANDARD_OUTPUT = "-"
_ALTERNATIVE = ("text", "value", "low", "high", "unit", "confidence")
_ANSWER = ("entity", *_ALTERNATIVE, "printed", "tolerance", "bound", "count", "part", "reason", "words")
_BOX = ("x0", "y0", "x1", "y1")
_NUMBERS = frozenset(("value", "low", "high", "confidence", "tolerance", "count", "part", *_BOX))
_ALTERNATIVES = "alternatives"
_COLUMNS = ("photo", "index", "group_id", *_ANSWER, *_BOX, _ALTERNATIVES, "warning", "error", "model")
# Rows of a parquet file that are written together.
_ROWS_PER_GROUP = 256


def columns_with(others: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of files of answers: ours, then the input's others, renamed where they have a name of ours."""
    names = list(_COLUMNS)
    for name in others:
        while name in names:
            name = f"input_{name}"  # noqa: PLW2901
        names.append(name)
    return tuple(names)


def file_rows(answered: Answered, others: Sequence[str]) -> Iterator[list[Any]]:
    """Yield the cells of one row per question under ``columns_with(others)``; what does not exist is None."""
    found = answered.predictions
    for place, row in enumerate(answered.rows):
        answer = found[place] if found else None
        box = answer.box if answer else None
        alternatives = answer.alternatives if answer else ()
        yield [
            row.photo,
            row.index or None,
            row.group_id or None,
            row.entity,
            *(getattr(answer, name, None) for name in _ANSWER[1:]),
            *(getattr(box, name, None) for name in _BOX),
            [{name: getattr(each, name) for name in _ALTERNATIVE} for each in alternatives],
            (found.warning if found else "") or None,
            answered.error or None,
            model_label(found.model) if found else None,
            *(row.others.get(name) for name in others),
        ]


def model_label(model: ModelInfo) -> str:
    """Return which model answered, in one cell."""
    return f"{model.name} {model.version} {model.sha256[:12]}"


def as_csv(cells: Sequence[Any]) -> list[Any]:
    """Return the cells of a row for CSV: alternatives as JSON."""
    return [json.dumps(cell, ensure_ascii=False) if isinstance(cell, list) else cell for cell in cells]


def csv_printer(names: Sequence[str], others: Sequence[str]) -> Output:
    """Return an output that prints CSV to standard output."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)

    def write(answered: Answered) -> None:
        writer.writerows(map(as_csv, file_rows(answered, others)))
        sys.stdout.flush()

    return write


@contextmanager
def parquet_output(target: str, names: Sequence[str], others: Sequence[str]) -> Iterator[Output]:
    """Yield an output that writes a parquet file, some rows at a time; it is there at the end, or when stopped."""
    pa, pq = import_parquet("--parquet")
    alternative = pa.struct({name: pa.float64() if name in _NUMBERS else pa.string() for name in _ALTERNATIVE})
    types = {name: pa.float64() if name in _NUMBERS else pa.string() for name in names}
    schema = pa.schema({**types, _ALTERNATIVES: pa.list_(alternative)})
    waiting: list[list[Any]] = []
    stopped: BaseException | None = None
    with replacing(location(target)) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in waiting], schema))
            waiting.clear()

        def write(answered: Answered) -> None:
            waiting.extend(file_rows(answered, others))
            if len(waiting) >= _ROWS_PER_GROUP:
                flush()

        try:
            yield write
        except BaseException as error:
            stopped = error
        flush()
    if stopped is not None:
        raise stopped


def print_json(answered: Answered) -> None:
    """Print one line of JSON: a photo with its answers, or the error.

    An answer has the ``index``, ``group_id`` and other columns (``row``) of its question, as far as there are any.
    """
    found = answered.predictions
    values: dict[str, Any] = found.to_dict() if found else {"predictions": [{"text": ""} for _ in answered.rows]}
    for row, answer in zip(answered.rows, values["predictions"], strict=True):
        answer["entity"] = row.entity
        named = {"index": row.index, "group_id": row.group_id, "row": row.others}
        answer |= {name: value for name, value in named.items() if value}
    values |= {"photo": answered.rows[0].photo, "error": answered.error}
    print(json.dumps(values, ensure_ascii=False), flush=True)


def print_raw_json(answered: Answered) -> None:
    """Print one line of JSON: a photo with every quantity on it, or the error."""
    found = answered.predictions
    values = {} if found is None else found.to_dict()
    values.pop("predictions", None)
    values |= {"photo": answered.rows[0].photo, "error": answered.error}
    values["quantities"] = [] if found is None else [each.to_dict() for each in found.printed]
    print(json.dumps(values, ensure_ascii=False), flush=True)


def raw_printer(verbose: bool) -> Output:
    """Return an output that prints one tab-separated line per quantity on a photo.

    The columns are photo, kind, printed name, quantity, OCR's confidence, and the text it was read from; with
    ``verbose`` also where it is printed.
    """

    def write(answered: Answered) -> None:
        for each in answered.predictions.printed if answered.predictions is not None else ():
            cells = [answered.rows[0].photo, each.kind, each.name, each.text, floored(each.confidence), each.words]
            cells += [place_of(each.box)] if verbose else []
            print("\t".join(" ".join(cell.split()) for cell in cells))
        sys.stdout.flush()
        _warn(answered)

    return write


def dimensions_printer(verbose: bool) -> Output:
    """Return an output that prints one tab-separated line per photo: photo, size, and the lowest confidence in it.

    With ``verbose`` also where its parts are printed.
    """

    def write(answered: Answered) -> None:
        found = answered.predictions
        given = [each for each in found or () if each.text]
        lowest = floored(min(each.confidence for each in given)) if given else ""
        cells = [answered.rows[0].photo, found.dimensions if found else f"error: {answered.error}", lowest]
        cells += [place_of(each.box) for each in given] if verbose else []
        print("\t".join(cells))
        sys.stdout.flush()
        _warn(answered)

    return write


def _warn(answered: Answered) -> None:
    if answered.predictions is not None and answered.predictions.warning:
        text = f"imagequant: {answered.rows[0].photo}: warning: {answered.predictions.warning}"
        print(text, file=sys.stderr, flush=True)


def lines_printer(verbose: bool) -> Output:
    """Return an output that prints one tab-separated line per answer.

    The columns are photo, entity, answer, confidence, and the text it was read from or why there is none; with
    ``verbose`` also where it is printed.
    """

    def write(answered: Answered) -> None:
        for place, row in enumerate(answered.rows):
            cells = [row.photo, row.entity, "", "", f"error: {answered.error}", ""]
            if answered.predictions is not None:
                each = answered.predictions[place]
                confidence = floored(each.confidence) if worth_showing(each) else ""
                found = each.words if each.text else each.shown
                cells[2:] = each.text, confidence, found, place_of(each.box)
            print("\t".join(" ".join(cell.split()) for cell in cells[: 6 if verbose else 5]))
        sys.stdout.flush()
        _warn(answered)

    return write


def table_printer(verbose: bool) -> Output:
    """Return an output that prints a table per photo, for people."""
    from imagequant.predictor.terminal import print_table  # noqa: PLC0415  (rich takes a twentieth of a second)

    def write(answered: Answered) -> None:
        if answered.predictions is not None:  # standard error has the others
            print_table(answered.rows[0].photo, answered.predictions, verbose=verbose)

    return write
