"""The configuration of a trained model: sizes, switches and calibration, stored as JSON next to the weights."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from imagequant.core.errors import InputError
from imagequant.core.files import read_json, write_json
from imagequant.model.answers import Calibration
from imagequant.model.examples import Limits

CONFIG_FILE = "config.json"
# Increase it if the inputs or their meaning change, so that a model never gets features it was not trained on.
FORMAT = 7


@dataclass(frozen=True)
class NetworkConfig:
    """Widths and switches of the networks."""

    word_width: int
    lstm_width: int
    hidden_width: int
    dropout: float
    use_cnn_pooled: bool
    use_cnn_grid: bool
    use_lstm: bool
    use_geometry: bool
    pooled_width: int
    grid_channels: int

    @property
    def use_cnn(self) -> bool:
        """Whether the network looks at CNN features."""
        return self.use_cnn_pooled or self.use_cnn_grid


@dataclass(frozen=True)
class TreesConfig:
    """Sizes of the trees' tensors, and their ``weight`` in an answer's probability, in (0, 1)."""

    trees: int
    leaves: int
    weight: float
    use_geometry: bool


@dataclass(frozen=True)
class ModelConfig:
    """Everything needed for answering except the weights. ``cnn`` is the metadata of the CNN features."""

    network: NetworkConfig
    members: int
    trees: TreesConfig | None
    limits: Limits
    calibration: Calibration
    cnn: dict[str, str]


def write_config(path: Path, config: ModelConfig) -> None:
    """Write a configuration as JSON."""
    write_json(path, {"format": FORMAT, **asdict(config)})


def _calibration(values: dict[str, Any]) -> Calibration:
    precise = tuple((precision, threshold) for precision, threshold in values["precise"])
    return Calibration(**{**values, "evidence": tuple(values["evidence"]), "precise": precise})


def read_config(path: Path) -> ModelConfig:
    """Read a configuration.

    Raises:
        InputError: If it is missing or from another version.
    """
    values: dict[str, Any] = read_json(path)
    if values.get("format") != FORMAT:
        raise InputError(f"{path}: model format {values.get('format')}, this version reads {FORMAT}; run `dvc repro`")
    return ModelConfig(
        network=NetworkConfig(**values["network"]),
        members=values["members"],
        trees=TreesConfig(**values["trees"]) if values["trees"] else None,
        limits=Limits(**values["limits"]),
        calibration=_calibration(values["calibration"]),
        cnn=values["cnn"],
    )
