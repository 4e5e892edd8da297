"""The command ``imagequant predict PHOTOS`` without its options."""

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from imagequant.cli.predict.inputs import PhotoRequest, find_requests, is_questions, open_photos
from imagequant.cli.predict.outputs import (
    STANDARD_OUTPUT,
    Output,
    csv_output,
    drawing_output,
    parquet_output,
    print_json,
    print_lines,
)
from imagequant.core.errors import InputError
from imagequant.core.iteration import chunks
from imagequant.core.locations import is_remote, location
from imagequant.predictor.predictor import BATCH_SIZE, Photo, Predictor, load_predictor
from imagequant.predictor.results import Predictions
from imagequant.quantity.units import ENTITIES, ENTITY_DIMENSION, ENTITY_UNITS, UNITS


@dataclass(frozen=True)
class Request:
    """The arguments and options of ``imagequant predict PHOTOS``."""

    arguments: tuple[str, ...]
    model: Path | None
    entities: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    as_json: bool = False
    csv: str | None = None
    parquet: str | None = None
    draw: Path | None = None


def predict_photos(request: Request) -> bool:
    """Answer the questions, a few photos at a time; standard error names photos that could not be read.

    Returns:
        Whether all could be read.

    Raises:
        InputError: If something in the request cannot be used. Nothing is answered in that case.
    """
    if request.entities and all(is_questions(argument) for argument in request.arguments):
        raise InputError("--entity: the rows of a table name their own entities; leave this option out")
    asked = find_requests(request.arguments, request.entities or ENTITIES)
    units = units_by_dimension(request.units, {each.entity for photo in asked for each in photo.questions})
    chosen = chosen_outputs(request)
    predictor = load_predictor(request.model)
    everything_read = True
    with ExitStack() as stack:
        outputs = [stack.enter_context(output) for output in chosen]
        answered = _answer(predictor, asked)
        if len(asked) > 1 and sys.stderr.isatty():
            from imagequant.executor.progress import track  # noqa: PLC0415  (rich takes a twentieth of a second)

            answered = track(answered, len(asked), "predict")
        for each, predictions in answered:
            if isinstance(predictions, InputError):
                print(f"imagequant: {predictions}", file=sys.stderr, flush=True)
                everything_read = False
                continue
            chosen_units = [(answer, units.get(ENTITY_DIMENSION[answer.entity])) for answer in predictions]
            converted = tuple(answer.to_unit(unit) if unit else answer for answer, unit in chosen_units)
            for output in outputs:
                output(each.questions, replace(predictions, predictions=converted))
    return everything_read


def units_by_dimension(units: Sequence[str], entities: Collection[str]) -> dict[str, str]:
    """Return the unit to convert answers of each dimension to; other dimensions are not converted."""
    chosen: dict[str, str] = {}
    for unit in units:
        dimension = UNITS[unit].dimension
        other = chosen.setdefault(dimension, unit)
        if other != unit:
            raise InputError(f"--to-unit: {other} and {unit} are both units of {dimension}; only one is allowed")
        if not any(ENTITY_DIMENSION[entity] == dimension for entity in entities):
            allowed = "; ".join(f"{name}: {', '.join(sorted(ENTITY_UNITS[name]))}" for name in sorted(entities))
            raise InputError(f"--to-unit: none of the entities asked for is measured in {unit}; allowed: {allowed}")
    return chosen


def _answer(
    predictor: Predictor, asked: Sequence[PhotoRequest]
) -> Iterator[tuple[PhotoRequest, Predictions | InputError]]:
    """Yield each request with its answers, or with the reason why the photo could not be read."""
    for some in chunks(asked, BATCH_SIZE):
        opened = open_photos(some)
        answers = iter(predictor.answer([photo for photo in opened if isinstance(photo, Photo)]))
        for each, photo in zip(some, opened, strict=True):
            yield each, next(answers) if isinstance(photo, Photo) else photo


def chosen_outputs(request: Request) -> list[AbstractContextManager[Output]]:
    """Return the outputs asked for; by default answers go to standard output as text."""
    chosen: list[AbstractContextManager[Output]] = []
    if request.as_json:
        if request.csv == STANDARD_OUTPUT:
            raise InputError("--csv -: --json already uses standard output; name a file")
        chosen.append(nullcontext(print_json))
    for option, suffix, target, output in (
        ("--csv", ".csv", request.csv, csv_output),
        ("--parquet", ".parquet", request.parquet, parquet_output),
    ):
        if target:
            _check_target(option, suffix, target, request.arguments)
            chosen.append(output(target))
    if not chosen and sys.stdout.isatty():
        from imagequant.predictor.terminal import print_table  # noqa: PLC0415  (rich takes a twentieth of a second)

        chosen.append(nullcontext(print_table))
    elif not chosen:
        chosen.append(nullcontext(print_lines))
    if request.draw is not None:
        chosen.append(nullcontext(drawing_output(request.draw)))
    return chosen


def _check_target(option: str, suffix: str, target: str, arguments: Sequence[str]) -> None:
    """Check in advance that a file can be written and is not an input."""
    if option == "--csv" and target == STANDARD_OUTPUT:
        return
    path = location(target)
    # Prevents `--csv photo.jpg` from overwriting the photo.
    if path.suffix.lower() != suffix:
        raise InputError(f"{option}: {target} does not end in {suffix}")
    if any(is_questions(argument) and location(argument).absolute() == path.absolute() for argument in arguments):
        raise InputError(f"{option}: {target} holds the questions")
    if is_remote(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{option}: {path.parent}: {error.strerror}") from None
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"{option}: {target} cannot be written")
