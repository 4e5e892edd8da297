"""Cheaper parts of PP-OCR's detector: the same arithmetic with fewer memory writes."""

from collections.abc import Iterator

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from imagequant.ocr.rapidocr.rewriting.graph import has_attributes, replace, source


def with_scaled_residuals(model: ov.Model) -> ov.Model:
    """Replace ``x + x * s`` by ``x * (1 + s)`` in the channel attention, where ``s`` has one number per channel."""
    for node in _of_kind(model, "Add"):
        for kept, product in _both_ways(node):
            scale = _factor_beside(kept, product)
            if scale is not None:
                replace(node, ops.multiply(kept, ops.add(scale, ops.constant(np.float32(1.0)))))
    return model


def with_convolved_halves(model: ov.Model) -> ov.Model:
    """Replace a convolution of two concatenated arrays by the sum of two convolutions."""
    for node in _of_kind(model, "Convolution"):
        joined, weights = source(node.input_value(0)).node, source(node.input_value(1)).node
        if (
            joined.get_type_name() != "Concat"
            or len(joined.input_values()) != 2
            or weights.get_type_name() != "Constant"
        ):
            continue
        halves = [source(value) for value in joined.input_values()]
        first = halves[0].get_partial_shape()[1].get_length()
        parts = np.split(weights.get_data(), [first], axis=1)
        settings = node.get_attributes()
        sums = [
            ops.convolution(
                half,
                ops.constant(np.ascontiguousarray(part)),
                settings["strides"],
                settings["pads_begin"],
                settings["pads_end"],
                settings["dilations"],
                settings["auto_pad"],
            )
            for half, part in zip(halves, parts, strict=True)
        ]
        replace(node, ops.add(*sums))
    return model


def with_means_first(model: ov.Model) -> ov.Model:
    """Replace the mean of a 1x1 convolution by the convolution of the mean, in the channel attention."""
    for node in _of_kind(model, "ReduceMean"):
        convolution, axes = (source(value).node for value in node.input_values())
        if convolution.get_type_name() != "Convolution" or not node.get_attributes()["keep_dims"]:
            continue
        pixels, weights = (source(value) for value in convolution.input_values())
        sees_every_pixel_once = has_attributes(convolution, strides=[1, 1], pads_begin=[0, 0], pads_end=[0, 0])
        if tuple(weights.get_shape())[2:] == (1, 1) and sees_every_pixel_once:
            means = ops.reduce_mean(pixels, axes, keep_dims=True)
            replace(node, ops.convolution(means, weights, [1, 1], [0, 0], [0, 0], [1, 1]))
    return model


def _of_kind(model: ov.Model, kind: str) -> list[ov.Node]:
    return [node for node in model.get_ordered_ops() if node.get_type_name() == kind]


def _factor_beside(value: ov.Output, product: ov.Output) -> ov.Output | None:
    """Return ``s`` if a product is ``value * s``, else None."""
    if product.node.get_type_name() != "Multiply":
        return None
    return next((other for factor, other in _both_ways(product.node) if factor == value), None)


def _both_ways(node: ov.Node) -> Iterator[tuple[ov.Output, ov.Output]]:
    """Yield a node's two inputs in both orders."""
    one, other = (source(value) for value in node.input_values())
    yield one, other
    yield other, one
