"""A project of any size whose photos need no reading: real files in the stages' own formats, made up in seconds."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.speed.harness import ROOT
from imagequant.core.records import Box, OcrAlternative, PhotoFeatures, PhotoWords, Word
from imagequant.model.cnn.weights import expected_weights
from imagequant.params import load_params
from imagequant.storage.checks import OK
from imagequant.storage.features import write_features
from imagequant.storage.layout import SPLITS, Layout, Split, list_shards
from imagequant.storage.tars import list_tar
from imagequant.storage.words import STATUS, STATUS_FILE, StatusRow, write_words

# As real photos have them: words, of which some are quantities.
WORDS, QUANTITIES = 25, 8
RAW = {split: f"raw/{split}.csv" for split in SPLITS}
_GROUPS = 700
_SIDE = 320
_ENGINES = ("rapidocr", "tesseract")
_PLAIN = ("Net", "weight", "organic", "Made", "of", "steel", "with", "care", "Height", "Width", "protein", "up to")
_KINDS = (("item_weight", "g", "gram"), ("height", "cm", "centimetre"), ("voltage", "V", "volt"))
# As long as those of the network in params.yaml, whose weights the export checks.
_POOLED, _GRID = 1280, (32, 7, 7)


def write_raw(root: Path, photos: int) -> None:
    """Distinct small photos and the rows that ask about them, every third of training twice; both splits the same."""
    folder = root / "raw" / "images"
    folder.mkdir(parents=True)
    for number in range(photos):
        (folder / _name(number)).write_bytes(_photo(number))
    with (root / RAW["train"]).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("image_link", "group_id", "entity_name", "entity_value"))
        for number in range(photos):
            for turn in range(2 if number % 3 == 0 else 1):
                entity, _, unit = _kind(number, turn)
                row = (f"images/{_name(number)}", number % _GROUPS, entity, f"{_amount(number, turn)} {unit}")
                writer.writerow(row)
    with (root / RAW["test"]).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("index", "image_link", "group_id", "entity_name"))
        rows = ((number, f"images/{_name(number)}", number % _GROUPS, _kind(number, 0)[0]) for number in range(photos))
        writer.writerows(rows)


def write_readings_and_features(root: Path) -> None:
    """What ``ocr`` and ``cnn`` would leave for the photos that ``download`` left."""
    layout = Layout(root)
    for split in SPLITS:
        numbers = itertools.count()
        status = _shards(layout, split, numbers)
        STATUS.write(layout.data("ocr") / split / STATUS_FILE, status, {})


def _shards(layout: Layout, split: Split, numbers: Iterator[int]) -> Iterator[StatusRow]:
    """Writes the shards of a split; yields the rows of the status table."""
    random = np.random.default_rng(1)
    weights = expected_weights(load_params(ROOT / "params.yaml").cnn)
    metadata = {**weights.metadata(), "device": "cpu, f32", "network": "0" * 64}
    for tar in list_shards(layout.data("download") / split, "tar"):
        shard, names = int(tar.stem), list_tar(tar)
        photos = [_words(name, next(numbers)) for name in names]
        write_words(layout.data("ocr") / split, shard, photos, {})
        features = [
            PhotoFeatures(pooled, grid, np.array([0, 0, 1, 1], dtype=np.float32))
            for pooled, grid in zip(
                random.standard_normal((len(names), _POOLED), dtype=np.float32),
                random.standard_normal((len(names), *_GRID), dtype=np.float32),
                strict=True,
            )
        ]
        write_features(layout.data("cnn") / split, shard, names, features, metadata)
        for name in names:
            for engine in _ENGINES:
                yield StatusRow(name, engine, OK, "", WORDS, _SIDE, _SIDE, shard)


def _words(name: str, number: int) -> PhotoWords:
    """Words of a photo: a line each, the first of them quantities, of which two are asked for."""
    texts = [
        f"{_amount(number, turn)} {_kind(number, turn)[1]}"
        if turn < QUANTITIES
        else _PLAIN[(number + turn) % len(_PLAIN)]
        for turn in range(WORDS)
    ]
    words = tuple(
        Word(
            text,
            Box(10.0, 12.0 * line, 10.0 + 8 * len(text), 12.0 * line + 10),
            0.9,
            0,
            _ENGINES[line % 2],
            (OcrAlternative(f"{text}0", 0.2),) if line % 5 == 0 else (),
        )
        for line, text in enumerate(texts)
    )
    return PhotoWords(name, words, (True,) * len(words))


def _photo(number: int) -> bytes:
    """A photo unlike all others: its number, its quantity, and one of many sizes, as networks see many shapes."""
    image = Image.new("RGB", (_SIDE + number * 7 % 160, _SIDE - number * 11 % 120), "white")
    draw = ImageDraw.Draw(image)
    draw.text((30, 40), f"{_amount(number, 0)} {_kind(number, 0)[1]}", fill="black", font_size=32 + number % 24)
    draw.text((30, 120), f"No. {number:07d}", fill="black", font_size=16 + number % 9)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def _name(number: int) -> str:
    return f"{number:07d}.jpg"


def _kind(number: int, turn: int) -> tuple[str, str, str]:
    return _KINDS[(number + turn) % len(_KINDS)]


def _amount(number: int, turn: int) -> int:
    return 1 + (37 * number + 101 * turn) % 240
