"""The configuration of a trained model: sizes, switches and calibration, stored as JSON next to the weights."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from imagequant.core.errors import InputError
from imagequant.core.files import read_json, write_json
from imagequant.model.answers import Calibration
from imagequant.model.examples import Limits
from imagequant.model.vocabulary import Vocabulary
from imagequant.quantity.domain import Domain

CONFIG_FILE = "config.json"
# Increase it if the inputs or their meaning change, so that a model never gets features it was not trained on.
FORMAT = 8


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes and switches of the networks."""

    vocabulary: Vocabulary
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

    vocabulary: Vocabulary
    trees: int
    leaves: int
    weight: float
    use_geometry: bool


@dataclass(frozen=True)
class ModelConfig:
    """Everything needed for answering except the weights. ``cnn`` is the metadata of the CNN features."""

    domain: Domain
    network: NetworkConfig
    members: int
    trees: TreesConfig | None
    limits: Limits
    calibration: Calibration
    cnn: dict[str, str]


def write_config(path: Path, config: ModelConfig) -> None:
    """Write a configuration as JSON."""
    values = asdict(config)
    # A list, because the keys of objects are sorted and the entities' order numbers them.
    entities = list(values["domain"]["entities"].items())
    write_json(path, {"format": FORMAT, **values, "domain": {**values["domain"], "entities": entities}})


def read_config(path: Path) -> ModelConfig:
    """Read a configuration.

    Raises:
        InputError: If it is missing or from another version.
    """
    values: dict[str, Any] = read_json(path)
    found = values.pop("format", None)
    if found != FORMAT:
        raise InputError(f"{path}: model format {found}, this version reads {FORMAT}; run `dvc repro`")
    try:
        values["domain"]["entities"] = dict(values["domain"]["entities"])
        return TypeAdapter(ModelConfig).validate_python(values)
    except ValidationError as error:
        raise InputError(f"{path}: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: domain: {error}") from None
