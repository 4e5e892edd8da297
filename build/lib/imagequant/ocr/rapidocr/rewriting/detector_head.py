"""Cheaper last layers of PP-OCR's detector, which save a sixth of its time."""

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops

from imagequant.ocr.rapidocr.rewriting.graph import constant, follow_back, has_attributes, require

_BLOCK = 2
_HEAD = ("Sigmoid", "Add", "ConvolutionBackpropData", "Relu", "Add", "ConvolutionBackpropData")


def with_plain_head(model: ov.Model) -> ov.Model:
    """Return the detector with log odds as its output, which ``spread_out`` converts to a map.

    Log odds, because only a few pixels are ever converted to probabilities.

    The map comes from two transposed convolutions, each of which expands one pixel to two by two. Their strides equal
    their kernels, so both are matrix products over one pixel's channels. Here they are 1x1 convolutions at the small
    size, which are fastest.

    Source: the last layers of the head of differentiable binarization (see ``boxes``) as PaddleOCR exports them.

    Raises:
        UnknownGraphError: If the network has other last layers.
    """
    _, second_bias, second, _, first_bias, first = follow_back(model.output(0).node.input_value(0), _HEAD)
    for layer in (first, second):
        plain = has_attributes(
            layer, strides=[2, 2], dilations=[1, 1], pads_begin=[0, 0], pads_end=[0, 0], output_padding=[0, 0]
        )
        require(plain, "expected transposed convolutions with stride 2 and no padding")
    kernel, spread = constant(first.input_value(1)), constant(second.input_value(1))
    require(kernel.shape[2:] == spread.shape[2:] == (_BLOCK, _BLOCK) and spread.shape[1] == 1, "expected 2x2 kernels")
    biases = [constant(node.input_value(1)).ravel() for node in (first_bias, second_bias)]
    hidden = _product(first.input_value(0), first_layer(kernel), np.tile(biases[0], _BLOCK**2))
    odds = _product(ops.relu(hidden).output(0), second_layer(spread), np.repeat(biases[1], _BLOCK**4))
    # Channels last, as they already are in memory.
    channels_last = ops.transpose(odds, ops.constant(np.array([0, 2, 3, 1])))
    return ov.Model([channels_last], model.get_parameters())


def spread_out(odds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the text map of the rewritten head's output.

    Args:
        odds: float32 (rows, columns, 4 * 4): log odds of the pixels each position expands to, in the order of
            ``second_layer``.

    Returns:
        float32 (4 * rows, 4 * columns).
    """
    rows, columns, _ = odds.shape
    # Moving four neighbours as one 16-byte number takes a fifth of the time.
    fours = odds.view(np.complex128).reshape(rows, columns, _BLOCK**2)
    return np.ascontiguousarray(fours.transpose(0, 2, 1)).view(np.float32).reshape(rows * _BLOCK**2, -1)


def first_layer(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a transposed convolution's kernel as a matrix.

    Args:
        kernel: float32 (channels in, channels out, 2, 2).

    Returns:
        float32 (2 * 2 * channels out, channels in): one row per channel of each output pixel.
    """
    rows: NDArray[np.float32] = kernel.transpose(2, 3, 1, 0).reshape(-1, kernel.shape[0])
    return rows


def second_layer(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the kernel of the second transposed convolution as a matrix over the output of ``first_layer``.

    Args:
        kernel: float32 (channels in, 1, 2, 2).

    Returns:
        float32 (4 * 4, 2 * 2 * channels in): one row per output pixel, from top to bottom and left to right.
    """
    channels = kernel.shape[0]
    matrix = np.zeros((_BLOCK**2, _BLOCK**2, _BLOCK, _BLOCK, channels), dtype=np.float32)
    for down, right in np.ndindex(_BLOCK**2, _BLOCK**2):
        (outer_y, inner_y), (outer_x, inner_x) = divmod(down, _BLOCK), divmod(right, _BLOCK)
        matrix[down, right, outer_y, outer_x] = kernel[:, 0, inner_y, inner_x]
    return matrix.reshape(_BLOCK**4, -1)


def _product(pixels: ov.Output, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> ov.Node:
    weights = ops.constant(matrix[:, :, None, None])
    product = ops.convolution(pixels, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    return ops.add(product, ops.constant(bias.reshape(1, -1, 1, 1)))
