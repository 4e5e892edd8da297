"""The model and the test rows -> ``data/predict/test_out.csv`` and ``details.csv``."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import torch

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, writing_csv
from imagequant.core.records import PhotoFeatures, PhotoReading
from imagequant.model.answering import answer_each
from imagequant.model.answers import choose_answer
from imagequant.model.config import ModelConfig
from imagequant.model.examples import Example, make_example
from imagequant.params import Params
from imagequant.quantity.domain import Domain
from imagequant.quantity.scoring import parse_prediction
from imagequant.storage.candidates import Readings
from imagequant.storage.features import Features
from imagequant.storage.layout import Layout
from imagequant.storage.manifest import ImagesByLink, images_by_link, iterate_manifest
from imagequant.storage.raw import RawRow, iterate_raw
from imagequant.training.store import load_model

COLUMNS = ("index", "prediction")
OUTPUT_FILE = "test_out.csv"
_DETAILS = ("index", "image_link", "entity_name", "prediction", "confidence")


def check_output(path: Path, expected: Iterable[tuple[str, str]], domain: Domain) -> None:
    """Checks a predictions file as a stream against index and entity of every test row, in order."""
    rows = tests = 0
    problem = ""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        if tuple(header) != COLUMNS:
            raise InputError(f"{path}: header is {','.join(header) or 'missing'}, not {','.join(COLUMNS)}")
        for number, (row, test) in enumerate(zip_longest(lines, expected), start=2):
            rows += row is not None
            tests += test is not None
            if (
                not problem
                and row is not None
                and test is not None
                and (wrong := _problem(row, test[0], test[1], domain))
            ):
                problem = f"{path}, line {number}: {wrong}"
    if rows != tests:
        # Reported first: after a missing row all indices are wrong.
        raise InputError(f"{path}: {rows} rows for {tests} test rows")
    if problem:
        raise InputError(problem)


def _problem(row: Sequence[str], index: str, entity: str, domain: Domain) -> str:
    """Return what is wrong with a row; empty if nothing is."""
    if len(row) != len(COLUMNS):
        return f"{len(row)} cells, not {len(COLUMNS)}"
    if row[0] != index:
        return f"index {row[0]}, the test file has {index} there"
    if entity not in domain.entities:
        return f"{row[1]!r}, but the model has no entity {entity}" if row[1] else ""
    try:
        parse_prediction(row[1], domain.entities[entity])
    except ValueError as error:
        return f"{entity}: {error}"
    return ""


def run(params: Params, layout: Layout) -> None:
    """Answers every test row; rows without an answer stay empty."""
    torch.set_num_threads(1)
    network, config = load_model(layout.models("train"))
    features = Features(layout.data("cnn") / "test")
    readings = Readings(layout.data("candidates") / "test")
    images = images_by_link(iterate_manifest(layout.data("download") / "test"))
    rows = iterate_raw(layout, "test")
    examples = row_examples(rows, images, readings, features, features.blank, config)
    chosen = config.calibration.threshold_for(params.predict.precision)
    threshold = params.predict.threshold if params.predict.threshold >= 0 else chosen
    answers = ((row, choose_answer(ranked, threshold)) for row, ranked in answer_each(network, config, examples))

    folder = fresh_folder(layout.data("predict"))
    counts: Counter[bool] = Counter()
    with (
        writing_csv(folder / OUTPUT_FILE, COLUMNS) as write,
        writing_csv(folder / "details.csv", _DETAILS) as write_details,
    ):
        for row, best in answers:
            text, confidence = (str(best.quantity), f"{best.confidence:.6f}") if best else ("", "")
            if text.startswith("0 "):  # at six decimals
                text = ""
            write((row.index, text))
            write_details((row.index, row.image_link, row.entity_name, text, confidence))
            counts[best is not None] += 1
    expected = iterate_raw(layout, "test")
    check_output(folder / OUTPUT_FILE, ((row.index, row.entity_name) for row in expected), config.domain)
    print(f"predict: {counts[True]} of {counts.total()} rows answered", file=sys.stderr)


def row_examples(
    rows: Iterable[RawRow],
    images: ImagesByLink,
    readings: Mapping[str, PhotoReading],
    features: Mapping[str, PhotoFeatures],
    blank: PhotoFeatures,
    config: ModelConfig,
) -> Iterator[tuple[RawRow, Example | None]]:
    """Yields each row with its example, None if the photo was not read or the entity is unknown.

    A photo that the CNN could not process has the features ``blank``.
    """
    for row in rows:
        sha256 = images.get((row.source, row.image_link))
        if sha256 not in readings or row.entity_name not in config.domain.entities:
            yield row, None
        else:
            photo = features.get(sha256, blank)
            reading, limits, domain = readings[sha256], config.limits, config.domain
            yield row, make_example(reading, row.entity_name, row.group_id, photo, limits, domain)
