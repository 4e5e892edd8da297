"""The folder a predictor runs from: networks, and the parameters that made what they were trained on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from imagequant.errors import InputError
from imagequant.model.config import CONFIG_FILE, ModelConfig, read_config, write_config
from imagequant.params import CandidatesParams, OcrParams, Precision
from imagequant.storage.files import read_json, write_json

RANKER_ONNX = "ranker.onnx"
RANKER_TORCHSCRIPT = "ranker.torchscript"
BACKBONE_ONNX = "backbone.onnx"
_READING_FILE = "reading.json"


@dataclass(frozen=True)
class Reading:
    """How photos are read: the sections of ``params.yaml`` that the model was trained under."""

    size: int
    cnn_precision: Precision
    ocr: OcrParams
    candidates: CandidatesParams


@dataclass(frozen=True)
class Bundle:
    """An exported model: folder, configuration, and how photos are read."""

    folder: Path
    model: ModelConfig
    reading: Reading


def write_bundle_config(folder: Path, model: ModelConfig, reading: Reading) -> None:
    """Writes the two configuration files."""
    write_config(folder / CONFIG_FILE, model)
    write_json(folder / _READING_FILE, asdict(reading))


def read_bundle(folder: Path) -> Bundle:
    """Reads an exported model's configuration and checks that its networks are there.

    Raises:
        InputError: If the folder is no exported model, or one of another version.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no exported model there; `dvc repro export` makes models/export")
    for name in (RANKER_ONNX, BACKBONE_ONNX):
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: missing; `dvc repro export` makes it")
    model = read_config(folder / CONFIG_FILE)
    values: Any = read_json(folder / _READING_FILE)
    try:
        reading = TypeAdapter(Reading).validate_python(values)
    except ValidationError as error:
        raise InputError(f"{folder / _READING_FILE}: made by another version: {error.errors()[0]['msg']}") from None
    return Bundle(folder, model, reading)
