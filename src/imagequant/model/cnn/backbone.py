"""ResNet-50 as a feature extractor, and its weights."""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from urllib.error import URLError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models import ResNet50_Weights, resnet50

from imagequant.core.errors import InputError
from imagequant.params import CnnParams

POOLED_WIDTH = 2048
RANDOM = "random"
# ImageNet statistics, as expected by all torchvision weights.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Weights:
    """The requested ``name``, the ``origin`` (``pretrained``, ``file`` or ``random``) and hash of the weights."""

    name: str
    origin: str
    sha256: str

    def metadata(self) -> dict[str, str]:
        """Return metadata for the outputs."""
        return {"cnn_weights": self.origin if self.origin == RANDOM else self.name, "cnn_weights_sha256": self.sha256}


class Backbone(nn.Module):
    """ResNet-50 without its classifier, with a fixed projection of its last feature map."""

    def __init__(self, grid_channels: int, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.resnet = resnet50(weights=None)
            # A seeded random projection preserves distances (Johnson-Lindenstrauss) without fitting.
            projection = torch.randn(grid_channels, POOLED_WIDTH) / POOLED_WIDTH**0.5
        self.register_buffer("projection", projection)
        self.register_buffer("mean", torch.tensor(_MEAN)[None, :, None, None])
        self.register_buffer("std", torch.tensor(_STD)[None, :, None, None])
        self.projection: Tensor
        self.mean: Tensor
        self.std: Tensor

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features of letterboxed uint8 RGB images (N, 3, S, S).

        Returns:
            The pooled vectors (N, 2048) and the reduced grids (N, channels, S / 32, S / 32), float32.
        """
        net = self.resnet
        values = (images.to(self.mean.dtype) / 255 - self.mean) / self.std
        values = net.maxpool(net.relu(net.bn1(net.conv1(values))))
        values = net.layer4(net.layer3(net.layer2(net.layer1(values))))
        return values.mean(dim=(2, 3)), torch.einsum("nchw,kc->nkhw", values, self.projection)


def load_backbone(params: CnnParams, device: torch.device) -> tuple[Backbone, Weights]:
    """Build the extractor with the weights ``params.weights``.

    Raises:
        InputError: If a weights file is missing, has another hash or does not fit, or if required
            pretrained weights are not available.
    """
    backbone = Backbone(params.grid_channels, params.seed)
    weights = _load_weights(backbone.resnet, params)
    return backbone.to(device).eval(), weights


def _load_weights(resnet: nn.Module, params: CnnParams) -> Weights:
    if params.weights == RANDOM:
        if params.require_pretrained:
            raise InputError("cnn.weights: random, but cnn.require_pretrained is true")
        return Weights(RANDOM, RANDOM, _state_hash(resnet))
    if params.weights in ResNet50_Weights.__members__:
        return _torchvision_weights(resnet, params)
    return _file_weights(resnet, Path(params.weights), params.sha256)


def _torchvision_weights(resnet: nn.Module, params: CnnParams) -> Weights:
    """Load torchvision's weights from its cache or the network; torchvision checks their hash."""
    try:
        state = ResNet50_Weights[params.weights].get_state_dict(progress=False, check_hash=True)
    except (URLError, OSError, RuntimeError) as error:
        problem = f"cnn.weights: {params.weights} can be had neither from disk nor from the network ({error})"
        if params.require_pretrained:
            raise InputError(f"{problem}; cnn.require_pretrained is true") from None
        print(f"{problem}: using seeded random weights, so the CNN's features carry little meaning", file=sys.stderr)
        return Weights(params.weights, RANDOM, _state_hash(resnet))
    resnet.load_state_dict(state)
    return Weights(params.weights, "pretrained", _state_hash(resnet))


def _file_weights(resnet: nn.Module, path: Path, sha256: str) -> Weights:
    if not path.is_file():
        names = ", ".join(ResNet50_Weights.__members__)
        raise InputError(f"cnn.weights: {path}: no such file; allowed: {names}, {RANDOM}, or a path")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if sha256 and found != sha256:
        raise InputError(f"cnn.sha256: {path} has {found}, not {sha256}")
    try:
        # weights_only prevents code execution.
        state = load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)
        resnet.load_state_dict(state)
    except (SafetensorError, UnpicklingError, RuntimeError, TypeError, AttributeError, OSError, ValueError) as error:
        raise InputError(
            f"cnn.weights: {path} is no ResNet-50 state dict: {' '.join(str(error).split())[:200]}"
        ) from None
    return Weights(path.name, "file", found)


def _state_hash(module: nn.Module) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()
