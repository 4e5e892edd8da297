"""Exported models: networks, configuration, and the parameters for reading photos."""

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
# Increase it if the content or meaning of an exported model changes.
_FORMAT = 1


@dataclass(frozen=True)
class ReadingParams:
    """How to read photos: the parameters that the model was trained with."""

    size: int
    cnn_precision: Precision
    ocr: OcrParams
    candidates: CandidatesParams


@dataclass(frozen=True)
class Bundle:
    """An exported model's folder, configuration, and parameters for reading photos."""

    folder: Path
    model: ModelConfig
    reading: ReadingParams


def write_bundle_config(folder: Path, model: ModelConfig, reading: ReadingParams) -> None:
    """Write the configuration files of a folder that already has the networks."""
    write_config(folder / CONFIG_FILE, model)
    write_json(folder / _READING_FILE, asdict(reading))
    hashes = {name: file_digest(folder / name) for name in _networks(model)}
    write_json(folder / _BUNDLE_FILE, {"format": _FORMAT, "made_by": release(), "sha256": hashes})


def read_bundle(folder: Path) -> Bundle:
    """Read an exported model's configuration and check its networks.

    Raises:
        InputError: If the folder is not an exported model of this version, or its networks were changed.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no exported model; `dvc repro export` creates models/export")
    if not (folder / RANKER_ONNX).is_file():
        raise InputError(f"{folder / RANKER_ONNX}: missing; `dvc repro export` creates it")
    hashes = _read_hashes(folder)
    model = read_config(folder / CONFIG_FILE)
    for name in _networks(model):
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: missing; `dvc repro export` creates it")
        if file_digest(folder / name) != hashes.get(name):
            raise InputError(f"{folder / name}: not the network that was exported; run `dvc repro export` again")
    values: Any = read_json(folder / _READING_FILE)
    try:
        reading = TypeAdapter(ReadingParams).validate_python(values)
    except ValidationError as error:
        raise InputError(f"{folder / _READING_FILE}: from another version: {error.errors()[0]['msg']}") from None
    return Bundle(folder, model, reading)


def _networks(model: ModelConfig) -> tuple[str, ...]:
    """Return the files that answering needs: a model trained without CNN features has no CNN."""
    return (RANKER_ONNX, BACKBONE_ONNX) if model.network.use_cnn else (RANKER_ONNX,)


def _read_hashes(folder: Path) -> dict[str, str]:
    """Return the hashes of the networks; rejects those from other versions, whose answers would be unpredictable."""
    path = folder / _BUNDLE_FILE
    made = read_json(path) if path.is_file() else {}
    if made.get("format") != _FORMAT:
        maker = f"{made.get('made_by')} (format {made.get('format')})" if made else "a version before format 1"
        raise InputError(
            f"{path}: made by {maker}; this is {release()} (format {_FORMAT}): run `dvc repro export` again"
        )
    hashes: dict[str, str] = made["sha256"]
    return hashes
