"""The CNN as a feature extractor: EfficientNet-Lite0 or ResNet-50."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import resnet50

from imagequant.core.errors import InputError
from imagequant.model.cnn.efficientnet import WIDTH, EfficientNetLite0
from imagequant.model.cnn.weights import RANDOM, Weights, expected_weights, load_state
from imagequant.params import BackboneName, CnnParams


class ResNet50(nn.Module):
    """ResNet-50 without its classifier, named as in torchvision's weights."""

    def __init__(self) -> None:
        super().__init__()
        net = resnet50(weights=None)
        del net.fc
        for name, module in net.named_children():
            self.add_module(name, module)

    def forward(self, images: Tensor) -> Tensor:
        """Return the last feature map."""
        for name, module in self.named_children():
            if name != "avgpool":
                images = module(images)
        return images


class _Architecture(NamedTuple):
    """A network, the width of its feature map, and what pixels are normalised by before it."""

    build: Callable[[], nn.Module]
    width: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    classifier: tuple[str, ...]  # in the weights, and not used here


_ARCHITECTURES: dict[BackboneName, _Architecture] = {
    "efficientnet_lite0": _Architecture(
        EfficientNetLite0, WIDTH, (127.0, 127.0, 127.0), (128.0, 128.0, 128.0), ("_fc.weight", "_fc.bias")
    ),
    # ImageNet statistics, as expected by all torchvision weights.
    "resnet50": _Architecture(
        ResNet50,
        2048,
        (0.485 * 255, 0.456 * 255, 0.406 * 255),
        (0.229 * 255, 0.224 * 255, 0.225 * 255),
        ("fc.weight", "fc.bias"),
    ),
}


class Backbone(nn.Module):
    """A CNN without its classifier, with a fixed projection of its last feature map."""

    def __init__(self, params: CnnParams) -> None:
        super().__init__()
        architecture = _ARCHITECTURES[params.backbone]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(params.seed)
            self.net = architecture.build()
            # A seeded random projection preserves distances (Johnson-Lindenstrauss) without fitting.
            projection = torch.randn(params.grid_channels, architecture.width) / architecture.width**0.5
        self.register_buffer("projection", projection)
        self.register_buffer("mean", torch.tensor(architecture.mean)[None, :, None, None])
        self.register_buffer("std", torch.tensor(architecture.std)[None, :, None, None])
        self.projection: Tensor
        self.mean: Tensor
        self.std: Tensor

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features of letterboxed uint8 RGB images (N, 3, S, S).

        Returns:
            The pooled vectors (N, width) and the reduced grids (N, channels, S / 32, S / 32), float32. The width is
            1280 for EfficientNet-Lite0 and 2048 for ResNet-50.
        """
        values = self.net((images.to(self.mean.dtype) - self.mean) / self.std)
        # A convolution rather than a matrix product: OpenVINO adds up long products in blocks that fit the cache, so
        # that the last digits would depend on its size.
        return values.mean(dim=(2, 3)), functional.conv2d(values, self.projection[:, :, None, None])


def load_backbone(params: CnnParams) -> tuple[Backbone, Weights]:
    """Build the extractor with the weights ``params.weights``, in evaluation mode.

    Raises:
        InputError: If weights are missing, have another hash, or do not fit the architecture.
    """
    backbone = Backbone(params).eval()
    weights = expected_weights(params)
    if params.weights != RANDOM:
        classifier = _ARCHITECTURES[params.backbone].classifier
        state = {name: tensor for name, tensor in load_state(params).items() if name not in classifier}
        try:
            backbone.net.load_state_dict(state)
        except (RuntimeError, AttributeError, TypeError) as error:
            detail = " ".join(str(error).split())[:200]
            raise InputError(f"cnn.weights: {params.weights} does not fit {params.backbone}: {detail}") from None
    return backbone, weights
