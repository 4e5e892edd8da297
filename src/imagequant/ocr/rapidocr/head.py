"""The last layers of PP-OCR's detector, put more cheaply: the same map, a sixth of the network's time less."""

from __future__ import annotations

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops

from imagequant.ocr.rapidocr.graph import nearest_before

_BLOCK = 2


def with_plain_head(model: ov.Model) -> ov.Model:
    """The detector with log odds as its output, before they are spread out (``spread_out``).

    Log odds, because few of its pixels are asked how likely they are.

    Its map comes from two transposed convolutions, each of which makes two by two pixels of one, whose steps are as
    wide as their kernels: no pixel sees another. So they are products of one pixel's channels, done here before any
    pixel is spread out, by a convolution of one pixel, which processors are quickest at.

    Source: the last layers of differentiable binarization's head (see ``boxes``) as PaddleOCR exports it.
    """
    second = nearest_before(model.output(0), "ConvolutionBackpropData")
    first = nearest_before(second.input_value(0), "ConvolutionBackpropData")
    kernel, spread = _constant(first.input_value(1)), _constant(second.input_value(1))
    hidden = _product(first.input_value(0), first_layer(kernel), np.tile(_bias(first), _BLOCK**2))
    odds = _product(ops.relu(hidden).output(0), second_layer(spread), np.repeat(_bias(second), _BLOCK**4))
    # Channels last: as they lie in memory already.
    channels_last = ops.transpose(odds, ops.constant(np.array([0, 2, 3, 1])))
    return ov.Model([channels_last], model.get_parameters())


def spread_out(odds: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map of text of what the detector's head gives.

    Args:
        odds: float32 (rows, columns, 4 * 4): log odds of the pixels that each is made into, as ``second_layer`` orders
            them.

    Returns:
        float32 (4 * rows, 4 * columns).
    """
    rows, columns, _ = odds.shape
    # Four neighbours are moved as one number of sixteen bytes: a fifth of the time, a tenth of OpenVINO's.
    fours = odds.view(np.complex128).reshape(rows, columns, _BLOCK**2)
    return np.ascontiguousarray(fours.transpose(0, 2, 1)).view(np.float32).reshape(rows * _BLOCK**2, -1)


def first_layer(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """A transposed convolution's kernel as a matrix.

    Args:
        kernel: float32 (channels in, channels out, 2, 2).

    Returns:
        float32 (2 * 2 * channels out, channels in): a row for each channel of each pixel that one is made into.
    """
    rows: NDArray[np.float32] = kernel.transpose(2, 3, 1, 0).reshape(-1, kernel.shape[0])
    return rows


def second_layer(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """The kernel of a transposed convolution that follows another, as a matrix over what the first one's matrix gives.

    Args:
        kernel: float32 (channels in, 1, 2, 2).

    Returns:
        float32 (4 * 4, 2 * 2 * channels in): a row for each of the pixels that one is made into, from top to bottom,
        in rows from left to right.
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


def _bias(convolution: ov.Node) -> NDArray[np.float32]:
    """What is added to a convolution's output, a number a channel."""
    node = convolution
    while node.get_type_name() != "Add":
        (reader,) = node.output(0).get_target_inputs()
        node = reader.get_node()
    return _constant(node.input_value(1)).ravel()


def _constant(value: ov.Output) -> NDArray[np.float32]:
    data: NDArray[np.float32] = nearest_before(value, "Constant").get_data().astype(np.float32)
    return data
