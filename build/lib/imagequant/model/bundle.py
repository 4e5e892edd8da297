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
_FORMAT = 2


@dataclass(frozen=True)
class ReadingParams:
    """How to read photos: the parameters that the model was trained with."""

    size: int
    cnn_precision: Precision
    ocr: OcrParams
    candidates: CandidatesParams


@dataclass(frozen=True)
class ModelInfo:
    """Which model answers: its name, the release that exported it, and the hash of all that its answers depend on."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Bundle:
    """An exported model's folder, identity, configuration, and parameters for reading photos."""

    folder: Path
    info: ModelInfo
    model: ModelConfig
    reading: ReadingParams


def write_bundle_config(folder: Path, name: str, model: ModelConfig, reading: ReadingParams) -> None:
    """Write the configuration files of a folder that already has the networks."""
    write_config(folder / CONFIG_FILE, model)
    write_json(folder / _READING_FILE, asdict(reading))
    hashes = {file: file_digest(folder / file) for file in (*_networks(model), CONFIG_FILE, _READING_FILE)}
    write_json(folder / _BUNDLE_FILE, {"format": _FORMAT, "name": name, "made_by": release(), "sha256": hashes})


def read_bundle(folder: Path) -> Bundle:
    """Read an exported model's configuration and check its networks.

    Raises:
        InputError: If the folder is not an exported model of this version, or its networks were changed.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no exported model; `dvc repro export` creates models/export")
    if not (folder / RANKER_ONNX).is_file():
        raise InputError(f"{folder / RANKER_ONNX}: missing; `dvc repro export` creates it")
    made = _read_identity(folder)
    model = read_config(folder / CONFIG_FILE)
    for name in (*_networks(model), CONFIG_FILE, _READING_FILE):
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: missing; `dvc repro export` creates it")
        if file_digest(folder / name) != made["sha256"].get(name):
            raise InputError(f"{folder / name}: not what was exported; run `dvc repro export` again")
    values: Any = read_json(folder / _READING_FILE)
    try:
        reading = TypeAdapter(ReadingParams).validate_python(values)
    except ValidationError as error:
        raise InputError(f"{folder / _READING_FILE}: from another version: {error.errors()[0]['msg']}") from None
    info = ModelInfo(made["name"], made["made_by"].split()[-1], file_digest(folder / _BUNDLE_FILE))
    return Bundle(folder, info, model, reading)


def _networks(model: ModelConfig) -> tuple[str, ...]:
    """Return the files that answering needs: a model trained without CNN features has no CNN."""
    return (RANKER_ONNX, BACKBONE_ONNX) if model.network.use_cnn else (RANKER_ONNX,)


def _read_identity(folder: Path) -> dict[str, Any]:
    """Return name, maker and hashes; rejects models from other versions, whose answers would be unpredictable."""
    path = folder / _BUNDLE_FILE
    made: dict[str, Any] = read_json(path) if path.is_file() else {}
    if made.get("format") != _FORMAT:
        maker = f"{made.get('made_by')} (format {made.get('format')})" if made else "a version before format 1"
        raise InputError(
            f"{path}: made by {maker}; this is {release()} (format {_FORMAT}): run `dvc repro export` again"
        )
    return made
