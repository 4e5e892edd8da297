"""The trained network on disk: weights as safetensors, everything else as JSON beside them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from imagequant.errors import InputError
from imagequant.model.answers import Calibration
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Limits
from imagequant.model.network import NetworkConfig
from imagequant.model.trees import TreesConfig
from imagequant.storage.files import read_json, write_json
from imagequant.storage.tensors import read_tensors, write_tensors

WEIGHTS_FILE = "network.safetensors"
CONFIG_FILE = "config.json"
# Raised whenever inputs or their meaning change, so that a model never meets features it was not trained on.
FORMAT = 3


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


def save_model(folder: Path, network: Ensemble, config: ModelConfig) -> None:
    """Writes weights and configuration."""
    weights = {name: tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    write_tensors(folder / WEIGHTS_FILE, weights)
    write_config(folder / CONFIG_FILE, config)


def load_model(folder: Path) -> tuple[Ensemble, ModelConfig]:
    """Reads a model, ready to answer (evaluation mode).

    Raises:
        InputError: If files are missing or made by another version.
    """
    config = read_config(folder / CONFIG_FILE)
    network = Ensemble.untrained(config.network, config.members, config.trees)
    arrays, _ = read_tensors(folder / WEIGHTS_FILE)
    try:
        network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    except RuntimeError as error:
        raise InputError(
            f"{folder / WEIGHTS_FILE}: does not fit {CONFIG_FILE}: {' '.join(str(error).split())}"
        ) from None
    network.eval()
    return network, config


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
