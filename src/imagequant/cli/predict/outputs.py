"""The outputs of ``imagequant predict``. Each receives consecutive rows about one photo with their answers."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from imagequant.cli.predict.answering import Answered
from imagequant.cli.predict.columns import ALTERNATIVE, ALTERNATIVES, NUMBERS, Columns, as_csv, file_rows, shown
from imagequant.core.files import replacing
from imagequant.core.locations import location
from imagequant.predictor.results import floored, place_of, worth_showing
from imagequant.storage.raw import import_parquet

Output = Callable[[Answered], object]
STANDARD_OUTPUT = "-"
# Rows of a parquet file that are written together.
_ROWS_PER_GROUP = 256


def csv_printer(columns: Columns) -> Output:
    """Return an output that prints CSV to standard output."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns.names)

    def write(answered: Answered) -> None:
        writer.writerows(map(as_csv, file_rows(answered, columns)))
        sys.stdout.flush()

    return write


@contextmanager
def parquet_output(target: str, columns: Columns) -> Iterator[Output]:
    """Yield an output that writes a parquet file, some rows at a time; it is there at the end, or when stopped."""
    pa, pq = import_parquet("--parquet")
    alternative = pa.struct({name: pa.float64() if name in NUMBERS else pa.string() for name in ALTERNATIVE})
    types = {name: pa.float64() if name in NUMBERS else pa.string() for name in columns.names}
    schema = pa.schema({**types, ALTERNATIVES: pa.list_(alternative)})
    waiting: list[list[Any]] = []
    stopped: BaseException | None = None
    with replacing(location(target)) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:

        def flush() -> None:
            writer.write_table(
                pa.Table.from_pylist([dict(zip(columns.names, row, strict=True)) for row in waiting], schema)
            )
            waiting.clear()

        def write(answered: Answered) -> None:
            waiting.extend(file_rows(answered, columns))
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
    for answers in (values["predictions"], *(product["predictions"] for product in values.get("products", ()))):
        for row, answer in zip(answered.rows, answers, strict=True):
            answer["entity"] = row.entity
            named = {"index": row.index, "group_id": row.group_id, "row": row.others}
            answer |= {name: value for name, value in named.items() if value}
    values |= {"photo": answered.rows[0].photo, "error": answered.error}
    print(json.dumps(values, ensure_ascii=False), flush=True)


def print_raw_json(answered: Answered) -> None:
    """Print one line of JSON: a photo with every quantity on it, or the error."""
    found = answered.predictions
    values = {} if found is None else found.to_dict()
    for name in ("predictions", "products"):
        values.pop(name, None)
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
            print_cells(cells)
        sys.stdout.flush()
        _warn(answered)

    return write


def dimensions_printer(verbose: bool) -> Output:
    """Return an output that prints one tab-separated line per photo: photo, size, and the lowest confidence in it.

    With ``verbose`` also where its parts are printed. If all products were asked for, there is a line for each, with
    its number and name after the photo.
    """

    def write(answered: Answered) -> None:
        photo = answered.rows[0].photo
        if answered.predictions is None:
            print_cells([photo, f"error: {answered.error}", ""])
        for product in shown(answered.predictions) if answered.predictions else ():
            given = [each for each in product.predictions if each.text]
            lowest = floored(min(each.confidence for each in given)) if given else ""
            numbered = [product.number, product.name] if product.number else []
            boxes = [place_of(each.box) for each in given] if verbose else []
            print_cells([photo, *numbered, product.dimensions, lowest, *boxes])
        sys.stdout.flush()
        _warn(answered)

    return write


def print_cells(cells: Iterable[str]) -> None:
    """Print a tab-separated line; line ends and tabs in cells become blanks."""
    print("\t".join(" ".join(cell.split()) for cell in cells))


def _warn(answered: Answered) -> None:
    if answered.predictions is not None and answered.predictions.warning:
        text = f"imagequant: {answered.rows[0].photo}: warning: {answered.predictions.warning}"
        print(text, file=sys.stderr, flush=True)


def lines_printer(verbose: bool) -> Output:
    """Return an output that prints one tab-separated line per answer.

    The columns are photo, entity, answer, confidence, and the text it was read from or why there is none; with
    ``verbose`` also where it is printed. If all products were asked for, their number and name follow the photo.
    """

    def write(answered: Answered) -> None:
        for product in shown(answered.predictions) if answered.predictions else (None,):
            numbered = [product.number, product.name] if product and product.number else []
            for place, row in enumerate(answered.rows):
                cells = ["", "", f"error: {answered.error}", ""]
                if product is not None:
                    each = product.predictions[place]
                    confidence = floored(each.confidence) if worth_showing(each) else ""
                    found = each.words if each.text else each.shown
                    cells = [each.text, confidence, found, place_of(each.box)]
                print_cells([row.photo, *numbered, row.entity, *cells[: 4 if verbose else 3]])
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
