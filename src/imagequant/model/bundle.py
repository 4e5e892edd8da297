"""The folder a predictor runs from: networks, and the parameters that made what they were trained on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from imagequant.core.errors import InputError
from imagequant.core.files import file_digest, read_json, write_json
from imagequant.core.release import release
from imagequant.model.config import CONFIG_FILE, ModelConfig, read_config, write_config
from imagequant.params import CandidatesParams, OcrParams, Precision

RANKER_ONNX = "ranker.onnx"
RANKER_TORCHSCRIPT = "ranker.torchscript"
BACKBONE_ONNX = "backbone.onnx"
_READING_FILE = "reading.json"
_BUNDLE_FILE = "bundle.json"
# Raised where what an exported model consists of, or means, changes.
_FORMAT = 1
_NETWORKS = (RANKER_ONNX, BACKBONE_ONNX)


@dataclass(frozen=True)
class ReadingParams:
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
    reading: ReadingParams


def write_bundle_config(folder: Path, model: ModelConfig, reading: ReadingParams) -> None:
    """Writes the configuration files; the networks must be there."""
    write_config(folder / CONFIG_FILE, model)
    write_json(folder / _READING_FILE, asdict(reading))
    hashes = {name: file_digest(folder / name) for name in _NETWORKS}
    write_json(folder / _BUNDLE_FILE, {"format": _FORMAT, "made_by": release(), "sha256": hashes})


def read_bundle(folder: Path) -> Bundle:
    """Reads an exported model's configuration and checks that its networks are there.

    Raises:
        InputError: If the folder is no exported model, one of another version, or one whose networks were changed.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no exported model there; `dvc repro export` makes models/export")
    for name in _NETWORKS:
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: missing; `dvc repro export` makes it")
    _check_origin(folder)
    model = read_config(folder / CONFIG_FILE)
    values: Any = read_json(folder / _READING_FILE)
    try:
        reading = TypeAdapter(ReadingParams).validate_python(values)
    except ValidationError as error:
        raise InputError(f"{folder / _READING_FILE}: made by another version: {error.errors()[0]['msg']}") from None
    return Bundle(folder, model, reading)


def _check_origin(folder: Path) -> None:
    """Refuses what this version did not make: what it would answer is anybody's guess."""
    path = folder / _BUNDLE_FILE
    made = read_json(path) if path.is_file() else {}
    if made.get("format") != _FORMAT:
        maker = f"{made.get('made_by')} (format {made.get('format')})" if made else "a version before format 1"
        raise InputError(
            f"{path}: made by {maker}; this is {release()} (format {_FORMAT}): `dvc repro export` makes it anew"
        )
    for name in _NETWORKS:
        if file_digest(folder / name) != made["sha256"].get(name):
            raise InputError(f"{folder / name}: not the network that was exported; `dvc repro export` makes it anew")
