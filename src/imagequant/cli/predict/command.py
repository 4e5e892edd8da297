"""The command ``imagequant predict PHOTOS`` without its options."""

import math
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from imagequant.cli.predict.answering import Answered, Answering, answer_rows
from imagequant.cli.predict.columns import columns_with, model_label
from imagequant.cli.predict.csv_file import Progress, csv_output, local_copy, skip_answered
from imagequant.cli.predict.outputs import (
    STANDARD_OUTPUT,
    Output,
    csv_printer,
    dimensions_printer,
    lines_printer,
    parquet_output,
    print_json,
    print_raw_json,
    raw_printer,
    table_printer,
)
from imagequant.cli.predict.rows import EVERYTHING, STANDARD_INPUT, Input, Row, find_rows, is_table, printable
from imagequant.core.cores import usable_cores
from imagequant.core.errors import InputError
from imagequant.core.locations import is_remote, location
from imagequant.fetch.links import Folders
from imagequant.model.bundle import Bundle, read_bundle
from imagequant.params import Params, load_params
from imagequant.predictor.default_model import default_model
from imagequant.predictor.loading import installed_engines
from imagequant.predictor.prediction import Products
from imagequant.predictor.results import DIMENSIONS
from imagequant.quantity.convert import units_by_kind
from imagequant.quantity.domain import Domain
from imagequant.storage.raw import PARQUET_SUFFIXES


@dataclass(frozen=True)
class Request:
    """The arguments and options of ``imagequant predict PHOTOS``.

    ``params`` is None unless it was named. Folders in it are relative to ``root``.
    """

    arguments: tuple[str, ...]
    model: Path | None
    entities: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    min_confidence: float | None = None
    precision: float | None = None
    raw: bool = False
    dimensions: bool = False
    products: Products = "main"
    as_json: bool = False
    csv: str | None = None
    parquet: str | None = None
    draw: Path | None = None
    resume: bool = False
    workers: int | None = None
    verbose: bool = False
    params: Path | None = None
    root: Path = Path()


def predict_photos(request: Request) -> bool:
    """Answer the questions and write the answers as they come; standard error names what could not be read.

    Returns:
        Whether everything was read.

    Raises:
        InputError: If something in the request cannot be used. Nothing is answered in that case.
    """
    _check(request)
    # Tesseract's threads wait for each other: on a page of a few lines, one is faster than all.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    params = load_params(request.params) if request.params else None
    bundle = read_bundle(request.model or default_model())
    fetch = params.download if params else None
    workers = request.workers or usable_cores()
    answering = Answering(bundle, min_confidence(request, params, bundle), fetch, request.products, workers)
    # Here, not in each of the workers.
    installed_engines(bundle.reading.ocr)
    domain = bundle.model.domain
    found = find_rows(
        request.arguments,
        _asked(request, domain),
        domain.names,
        Folders(params.download.folders if params else (), request.root),
    )
    units = _chosen_units(request.units, found.entities, domain)
    for line in found.skipped:
        _complain(line)
    everything_read = not found.skipped
    with ExitStack() as stack:
        rows = found.rows()
        outputs, kept = _open_outputs(request, found, rows, model_label(bundle.info), stack)
        answers = answer_rows(rows, answering, workers, request.draw)
        if kept.failed:
            _complain(f"{request.csv}: {kept.failed} of the {kept.rows} rows kept have an error")
            everything_read = False
        for answered in _with_progress(answers, found.photos - kept.photos):
            if answered.error:
                _complain(answered.error)
                everything_read = False
            for output in outputs:
                output(_in_units(answered, units, domain))
    return everything_read


def min_confidence(request: Request, params: Params | None, bundle: Bundle) -> float | None:
    """Return the confidence below which answers are withheld; None for the threshold chosen in training."""
    chosen = {"--min-confidence": request.min_confidence, "--precision": request.precision}
    if params is not None and params.predict.threshold >= 0:
        chosen[f"{request.params}: predict.threshold"] = params.predict.threshold
    if params is not None and params.predict.precision > 0:
        chosen[f"{request.params}: predict.precision"] = params.predict.precision
    given = {name: value for name, value in chosen.items() if value is not None}
    if not given:
        return None
    if len(given) > 1:
        raise InputError(f"{', '.join(given)}: only one of these can decide which answers are withheld")
    ((name, value),) = given.items()
    if math.isnan(value):  # is in every range of Click's
        raise InputError(f"{name}: nan; allowed: 0 to 1")
    if not name.endswith("precision"):
        return value
    known = bundle.model.calibration.precise
    if value not in dict(known):
        raise InputError(
            f"{name}: {value:g}: not measured in training; allowed:"
            f" {', '.join(f'{each:g}' for each, _ in known) or 'none, this model has too few held-out rows'}"
        )
    threshold = bundle.model.calibration.threshold_for(value)
    if threshold >= 1:
        _complain(f"{name}: {value:g}: no confidence reached it on held-out rows, so hardly anything is answered")
    return threshold


def _asked(request: Request, domain: Domain) -> Sequence[str]:
    """Return what to ask about photos that no table names."""
    if request.raw:
        return EVERYTHING
    entities = tuple(DIMENSIONS) if request.dimensions else request.entities
    try:
        domain.check(entities)
    except InputError as error:
        raise InputError(f"{'--dimensions' if request.dimensions else '--entity'}: {error}") from None
    return entities or domain.names


def _chosen_units(units: Sequence[str], entities: Collection[str], domain: Domain) -> dict[str, str]:
    try:
        return units_by_kind(units, entities, domain)
    except InputError as error:
        raise InputError(f"--to-unit: {error}") from None


def _in_units(answered: Answered, units: dict[str, str], domain: Domain) -> Answered:
    if not units or answered.predictions is None:
        return answered
    chosen = {name: units[entity.kind] for name, entity in domain.entities.items() if entity.kind in units}
    return replace(answered, predictions=answered.predictions.in_units(chosen))


def _with_progress(answers: Iterator[Answered], photos: int) -> Iterator[Answered]:
    """Show a bar on a terminal if there are several photos."""
    if photos < 2 or not sys.stderr.isatty():
        return answers
    from imagequant.executor.progress import track  # noqa: PLC0415  (rich takes a twentieth of a second)

    return track(answers, photos, "predict")


def _complain(text: str) -> None:
    print(f"imagequant: {printable(text)}", file=sys.stderr, flush=True)


def _open_outputs(
    request: Request, found: Input, rows: Iterator[Row], model: str, stack: ExitStack
) -> tuple[list[Output], Progress]:
    """Open the outputs asked for, by default text on standard output; with ``--resume``, skip the rows answered."""
    columns, kept = columns_with(found.others, request.products), Progress()
    if request.raw:
        return [print_raw_json if request.as_json else raw_printer(request.verbose)], kept
    outputs: list[Output] = [print_json] if request.as_json else []
    if request.csv == STANDARD_OUTPUT:
        outputs.append(csv_printer(columns))
    elif request.csv:
        path = stack.enter_context(local_copy(request.csv, resume=request.resume))
        if request.resume:
            kept = skip_answered(rows, path, request.csv, columns.names, model)
        outputs.append(stack.enter_context(csv_output(path, request.csv, columns, kept)))
    if request.parquet:
        outputs.append(stack.enter_context(parquet_output(request.parquet, columns)))
    if not outputs and request.dimensions:
        outputs.append(dimensions_printer(request.verbose))
    if not outputs:
        outputs.append((table_printer if sys.stdout.isatty() else lines_printer)(request.verbose))
    return outputs, kept


def _check(request: Request) -> None:
    """Check what does not depend on the content of files."""
    if request.entities and all(is_table(argument) for argument in request.arguments):
        raise InputError("--entity: the rows of a table name their own entities; leave this option out")
    if request.as_json and request.csv == STANDARD_OUTPUT:
        raise InputError("--csv -: --json already uses standard output; name a file")
    if request.csv and request.csv != STANDARD_OUTPUT:
        _check_target("--csv", (".csv",), request.csv, request.arguments)
    if request.parquet:
        _check_target("--parquet", PARQUET_SUFFIXES, request.parquet, request.arguments)
    if request.draw is not None and not is_remote(request.draw) and request.draw.is_file():
        raise InputError(f"--draw: {request.draw} is a file; name a folder")
    if request.resume:
        _check_resume(request)
    if request.raw:
        _check_raw(request)
    if request.dimensions and (request.entities or request.raw or any(map(is_table, request.arguments))):
        raise InputError("--dimensions: asks for three entities of photos; leave out --entity, --raw and tables")


def _check_raw(request: Request) -> None:
    chosen = (request.entities, request.units, request.csv, request.parquet, request.draw, request.resume)
    if any(chosen) or request.products != "main" or request.min_confidence is not None or request.precision is not None:
        raise InputError("--raw: asks nothing; it goes with --json, --workers, --model and --verbose only")
    if any(map(is_table, request.arguments)):
        raise InputError("--raw: reads photos, folders and URLs; leave tables out")


def _check_resume(request: Request) -> None:
    if not request.csv or request.csv == STANDARD_OUTPUT:
        raise InputError("--resume: needs --csv FILE, the file to continue")
    if request.parquet or request.as_json or request.draw is not None:
        raise InputError("--resume: only CSV can be continued; leave out --parquet, --json and --draw")
    if request.products != "main":
        raise InputError("--resume: with --products all a question may have several rows; leave one of them out")
    if STANDARD_INPUT in request.arguments:
        raise InputError("--resume: standard input cannot be read again; name a file")


def _check_target(option: str, suffixes: tuple[str, ...], target: str, arguments: Sequence[str]) -> None:
    """Check in advance that a file can be written and is not an input."""
    path = location(target)
    # Prevents `--csv photo.jpg` from overwriting the photo.
    if path.suffix.lower() not in suffixes:
        raise InputError(f"{option}: {target} does not end in {' or '.join(suffixes)}")
    if any(is_table(argument) and location(argument).absolute() == path.absolute() for argument in arguments):
        raise InputError(f"{option}: {target} holds the questions")
    if is_remote(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{option}: {path.parent}: {error.strerror}") from None
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"{option}: {target} cannot be written")
