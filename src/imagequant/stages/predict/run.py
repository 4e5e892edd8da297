"""The model and the test rows -> ``data/predict/test_out.csv`` and ``details.csv``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

import torch

from imagequant.layout import Layout
from imagequant.model.answering import answer
from imagequant.model.answers import Answer, chosen
from imagequant.model.examples import Example, Limits, blank_features, make_example
from imagequant.model.store import load_model
from imagequant.params import Params
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import ENTITIES
from imagequant.stages.predict.sanity import COLUMNS, check_output
from imagequant.storage.candidates import PhotoReading, read_readings
from imagequant.storage.features import PhotoFeatures, read_features
from imagequant.storage.files import fresh_folder, write_csv
from imagequant.storage.manifest import images_by_link, read_manifest
from imagequant.storage.raw import RawRow, read_raw

OUTPUT_FILE = "test_out.csv"


def run(params: Params, layout: Layout) -> None:
    """Answers every test row; rows that cannot be answered stay empty."""
    torch.set_num_threads(1)
    network, config = load_model(layout.models("train"))
    features, _ = read_features(layout.data("cnn") / "test")
    readings = {reading.sha256: reading for reading in read_readings(layout.data("candidates") / "test")}
    images = images_by_link(read_manifest(layout.data("download") / "test"))
    rows = read_raw(layout.data("sources"), "test")
    pairs = list(row_examples(rows, images, readings, features, config.limits))
    ranked = answer(network, config, [example for _, example in pairs])
    answers = {number: found for (number, _), found in zip(pairs, ranked, strict=True)}
    threshold = params.predict.threshold if params.predict.threshold >= 0 else config.calibration.threshold
    best = [chosen(answers.get(number, []), threshold) for number in range(len(rows))]

    folder = fresh_folder(layout.data("predict"))
    write_csv(folder / OUTPUT_FILE, COLUMNS, [(row.index, text(a)) for row, a in zip(rows, best, strict=True)])
    details = [_details(row, found) for row, found in zip(rows, best, strict=True)]
    write_csv(folder / "details.csv", _DETAILS, details)
    check_output(folder / OUTPUT_FILE, [(row.index, row.entity_name) for row in rows])
    print(f"predict: {sum(a is not None for a in best)} of {len(rows)} rows answered", file=sys.stderr)


def row_examples(
    rows: Sequence[RawRow],
    images: Mapping[tuple[str, str], str],
    readings: Mapping[str, PhotoReading],
    features: Mapping[str, PhotoFeatures],
    limits: Limits,
) -> Iterator[tuple[int, Example]]:
    """(row number, example) of the rows whose photo was read and whose entity is known."""
    blank = blank_features(next((feature.grid.shape[0] for feature in features.values()), 1))
    for number, row in enumerate(rows):
        sha256 = images.get((row.source, row.image_link), "")
        reading = readings.get(sha256)
        if reading is not None and row.entity_name in ENTITIES:
            photo = features.get(sha256, blank)
            yield number, make_example(reading, row.entity_name, row.group_id, photo, limits)


def text(answer: Answer | None) -> str:
    """The contest's form; empty for silence, and for an amount that six decimals cannot tell from 0."""
    if answer is None:
        return ""
    written = str(Quantity(answer.quantity.value, answer.quantity.unit))
    return "" if written.startswith("0 ") else written


_DETAILS = ("index", "image_link", "entity_name", "prediction", "confidence")


def _details(row: RawRow, answer: Answer | None) -> tuple[str, ...]:
    confidence = f"{answer.confidence:.6f}" if answer else ""
    return row.index, row.image_link, row.entity_name, text(answer), confidence
