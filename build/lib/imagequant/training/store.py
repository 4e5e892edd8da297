"""The trained model on disk: weights as safetensors, everything else as JSON."""

from pathlib import Path

import torch

from imagequant.core.errors import InputError
from imagequant.model.config import CONFIG_FILE, ModelConfig, read_config, write_config
from imagequant.model.ensemble import Ensemble
from imagequant.storage.tensors import read_tensors, write_tensors

WEIGHTS_FILE = "network.safetensors"


def save_model(folder: Path, network: Ensemble, config: ModelConfig) -> None:
    """Writes weights and configuration."""
    weights = {name: tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    write_tensors(folder / WEIGHTS_FILE, weights)
    write_config(folder / CONFIG_FILE, config)


def load_model(folder: Path) -> tuple[Ensemble, ModelConfig]:
    """Reads a model, ready to answer (evaluation mode).

    Raises:
        InputError: If files are missing or were written by another version.
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
