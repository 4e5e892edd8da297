"""What a trained model is told apart by, beside its weights: sizes, switches, calibration; as JSON on disk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from imagequant.core.errors import InputError
from imagequant.core.files import read_json, write_json
from imagequant.model.answers import Calibration
from imagequant.model.examples import Limits

CONFIG_FILE = "config.json"
# Raised whenever inputs or their meaning change, so that a model never meets features it was not trained on.
FORMAT = 4


@dataclass(frozen=True)
class NetworkConfig:
    """Widths and switches; saved beside the weights."""

    word_width: int
    lstm_width: int
    hidden_width: int
    dropout: float
    use_cnn: bool
    use_lstm: bool
    use_geometry: bool
    pooled_width: int
    grid_channels: int


@dataclass(frozen=True)
class TreesConfig:
    """Sizes of the tensors, and what the trees count beside the networks; saved beside the weights.

    ``weight`` is their share in an answer's probability, in (0, 1).
    """

    trees: int
    leaves: int
    weight: float
    use_geometry: bool


@dataclass(frozen=True)
class ModelConfig:
    """All that answering needs beside the weights.

    ``trees`` is None where networks answer alone; ``cnn`` repeats the metadata of the features trained on.
    """

    network: NetworkConfig
    members: int
    trees: TreesConfig | None
    limits: Limits
    calibration: Calibration
    cnn: dict[str, str]


def write_config(path: Path, config: ModelConfig) -> None:
    """Writes the configuration as JSON."""
    write_json(path, {"format": FORMAT, **asdict(config)})


def read_config(path: Path) -> ModelConfig:
    """Reads a configuration.

    Raises:
        InputError: If it is missing or made by another version.
    """
    values: dict[str, Any] = read_json(path)
    if values.get("format") != FORMAT:
        raise InputError(f"{path}: model format {values.get('format')}, this version reads {FORMAT}; run `dvc repro`")
    return ModelConfig(
        network=NetworkConfig(**values["network"]),
        members=values["members"],
        trees=TreesConfig(**values["trees"]) if values["trees"] else None,
        limits=Limits(**values["limits"]),
        calibration=Calibration(**values["calibration"]),
        cnn=values["cnn"],
    )
