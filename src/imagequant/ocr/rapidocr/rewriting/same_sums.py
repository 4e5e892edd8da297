"""PP-OCR's networks without the few layers whose last digits depend on how wide the processor's vectors are.

OpenVINO computes convolutions and matrix products in the same order with AVX2 and with AVX-512, so they give the same
bytes. What differs is the error function, which has another approximation in each, and sums along an array's last
axis. Without them the networks may use AVX-512 where there is one, which halves their time (see
``arithmetic.widen``).
"""

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from imagequant.ocr.rapidocr.rewriting.graph import constant, replace, require, source

_ROOT_OF_TWO = 2.0**0.5


def with_same_sums(model: ov.Model) -> ov.Model:
    """Replace those layers.

    Raises:
        UnknownGraphError: If they are used in another way than in PP-OCR's networks.
    """
    for node in model.get_ordered_ops():
        match node.get_type_name():
            case "Erf":
                _replace_gelu(node)
            case "ReduceMean":
                _replace_mean(node)
            case "Softmax":
                _replace_softmax(node)
    return model


def _replace_gelu(erf: ov.Node) -> None:
    """Replace ``x * (1 + erf(x / √2)) / 2`` by its approximation with tanh, which is less than 0.001 off."""
    divide = source(erf.input_value(0)).node
    require(divide.get_type_name() == "Divide", f"expected Divide, found {divide.get_type_name()}")
    values, root = (source(value) for value in divide.input_values())
    require(bool(np.allclose(constant(root), _ROOT_OF_TWO, atol=1e-4)), "expected a division by √2")
    one_more = _only_reader(erf, "Add")
    product = _only_reader(one_more, "Multiply")
    half = _only_reader(product, "Multiply")
    replace(half, ops.gelu(values, "tanh"))


def _replace_mean(mean: ov.Node) -> None:
    """Replace the mean along the last axis by a matrix product; means over an image's pixels are sums of vectors."""
    values, axes = mean.input_values()
    if values.get_partial_shape().rank.get_length() != 3:
        return
    require(constant(axes).tolist() == [-1.0], "expected a mean along the last axis")
    length = values.get_partial_shape()[-1].get_length()
    replace(mean, ops.matmul(values, ops.constant(np.full((length, length), 1 / length, np.float32)), False, False))


def _replace_softmax(softmax: ov.Node) -> None:
    """Turn attention's softmax around: along another axis than the last it adds whole vectors."""
    values = softmax.input_value(0)
    if values.get_partial_shape().rank.get_length() != 4:
        return
    turn = ops.constant(np.array([0, 1, 3, 2]))
    replace(softmax, ops.transpose(ops.softmax(ops.transpose(values, turn), 2), turn))


def _only_reader(node: ov.Node, kind: str) -> ov.Node:
    readers = [reader.get_node() for reader in node.output(0).get_target_inputs()]
    while len(readers) == 1 and readers[0].get_type_name() == "Identity":
        readers = [reader.get_node() for reader in readers[0].output(0).get_target_inputs()]
    require(len(readers) == 1 and readers[0].get_type_name() == kind, f"expected one {kind}")
    return readers[0]
