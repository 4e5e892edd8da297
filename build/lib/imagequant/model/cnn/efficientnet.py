"""EfficientNet-Lite0 without its classifier, named as in its published weights.

Own code, because the package with these names has not been maintained since 2020, and timm's weights are others.

Source: M. Tan, Q. Le, "EfficientNet" (2019); the Lite variants have no squeeze-and-excitation and use ReLU6.
"""

import torch.nn.functional as F
from torch import Tensor, nn

WIDTH = 1280
_STEM = 32
# Blocks of a stage, kernel, stride of the first block, expansion, channels.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_EPSILON = 1e-3


class _Same(nn.Conv2d):
    """A convolution without bias, padded as TensorFlow does: what is odd goes to the right and below."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)

    def forward(self, values: Tensor) -> Tensor:
        """Return the convolution; sides are divided by the stride, rounded up."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        down, across = (max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in values.shape[2:])
        padding = [across // 2, across - across // 2, down // 2, down - down // 2]
        convolved: Tensor = super().forward(F.pad(values, padding))
        return convolved


class _Block(nn.Module):
    """An inverted residual block."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        if expansion > 1:
            self._expand_conv = _Same(inputs, wide, 1)
            self._bn0 = nn.BatchNorm2d(wide, _EPSILON)
        self._expands = expansion > 1
        self._depthwise_conv = _Same(wide, wide, kernel, stride, groups=wide)
        self._bn1 = nn.BatchNorm2d(wide, _EPSILON)
        self._project_conv = _Same(wide, outputs, 1)
        self._bn2 = nn.BatchNorm2d(outputs, _EPSILON)
        self._adds_input = stride == 1 and inputs == outputs

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the block's feature map."""
        values = F.relu6(self._bn0(self._expand_conv(inputs))) if self._expands else inputs
        values = F.relu6(self._bn1(self._depthwise_conv(values)))
        projected: Tensor = self._bn2(self._project_conv(values))
        return projected + inputs if self._adds_input else projected


class EfficientNetLite0(nn.Module):
    """Maps images (N, 3, S, S), scaled by (pixel - 127) / 128, to feature maps (N, 1280, S / 32, S / 32)."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = _Same(3, _STEM, 3, 2)
        self._bn0 = nn.BatchNorm2d(_STEM, _EPSILON)
        blocks: list[_Block] = []
        inputs = _STEM
        for count, kernel, stride, expansion, outputs in _STAGES:
            for place in range(count):
                blocks.append(_Block(inputs, outputs, kernel, stride if place == 0 else 1, expansion))
                inputs = outputs
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = _Same(inputs, WIDTH, 1)
        self._bn1 = nn.BatchNorm2d(WIDTH, _EPSILON)

    def forward(self, images: Tensor) -> Tensor:
        """Return the last feature map."""
        values = F.relu6(self._bn0(self._conv_stem(images)))
        for block in self._blocks:
            values = block(values)
        return F.relu6(self._bn1(self._conv_head(values)))
