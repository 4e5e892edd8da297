"""The model and the test rows -> ``data/predict/test_out.csv`` and ``details.csv``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import torch

from imagequant.core.files import fresh_folder, writing_csv
from imagequant.core.records import PhotoFeatures, PhotoReading
from imagequant.model.answering import answer_each
from imagequant.model.answers import Answer, choose_answer
from imagequant.model.examples import Example, Limits, blank_features, make_example
from imagequant.params import Params
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import ENTITIES
from imagequant.stages.predict.sanity import COLUMNS, check_output
from imagequant.storage.candidates import Readings
from imagequant.storage.features import Features
from imagequant.storage.layout import Layout
from imagequant.storage.manifest import Images, images_by_link, iterate_manifest
from imagequant.storage.raw import RawRow, iterate_raw
from imagequant.training.store import load_model

OUTPUT_FILE = "test_out.csv"


def run(params: Params, layout: Layout) -> None:
    """Answers every test row; rows without an answer stay empty."""
    torch.set_num_threads(1)
    network, config = load_model(layout.models("train"))
    features = Features(layout.data("cnn") / "test")
    readings = Readings(layout.data("candidates") / "test")
    images = images_by_link(iterate_manifest(layout.data("download") / "test"))
    rows = iterate_raw(layout, "test")
    examples = row_examples(rows, images, readings, features, config.limits, features.channels)
    threshold = params.predict.threshold if params.predict.threshold >= 0 else config.calibration.threshold
    answers = ((row, choose_answer(ranked, threshold)) for row, ranked in answer_each(network, config, examples))

    folder = fresh_folder(layout.data("predict"))
    counts: Counter[bool] = Counter()
    with (
        writing_csv(folder / OUTPUT_FILE, COLUMNS) as write,
        writing_csv(folder / "details.csv", _DETAILS) as write_details,
    ):
        for row, best in answers:
            write((row.index, format_answer(best)))
            write_details(_details(row, best))
            counts[best is not None] += 1
    expected = iterate_raw(layout, "test")
    check_output(folder / OUTPUT_FILE, ((row.index, row.entity_name) for row in expected))
    print(f"predict: {counts[True]} of {counts.total()} rows answered", file=sys.stderr)


def row_examples(
    rows: Iterable[RawRow],
    images: Images,
    readings: Mapping[str, PhotoReading],
    features: Mapping[str, PhotoFeatures],
    limits: Limits,
    channels: int,
) -> Iterator[tuple[RawRow, Example | None]]:
    """Yields each row with its example, None if the photo was not read or the entity is unknown.

    A photo that the CNN could not process has blank features with ``channels`` channels.
    """
    blank = blank_features(channels)
    for row in rows:
        sha256 = images.get((row.source, row.image_link)) or ""
        if sha256 not in readings or row.entity_name not in ENTITIES:
            yield row, None
        else:
            photo = features.get(sha256, blank)
            yield row, make_example(readings[sha256], row.entity_name, row.group_id, photo, limits)


def format_answer(answer: Answer | None) -> str:
    """Formats an answer for the contest; empty for an abstention, and for an amount that is 0 at six decimals."""
    if answer is None:
        return ""
    text = str(Quantity(answer.quantity.value, answer.quantity.unit))
    return "" if text.startswith("0 ") else text


_DETAILS = ("index", "image_link", "entity_name", "prediction", "confidence")


def _details(row: RawRow, answer: Answer | None) -> tuple[str, ...]:
    confidence = f"{answer.confidence:.6f}" if answer else ""
    return row.index, row.image_link, row.entity_name, format_answer(answer), confidence
