"""Networks to ONNX whose bytes depend on the weights alone."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence

import onnx
import torch
from torch import Tensor, nn

from imagequant.model.cnn.backbone import Backbone
from imagequant.model.cnn.openvino_extractor import GRID, POOLED


def to_onnx(
    network: nn.Module,
    example: tuple[Tensor, ...],
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: Mapping[str, Mapping[int, str]],
    opset: int,
) -> bytes:
    """Exports a network.

    Args:
        network: In evaluation mode.
        example: Inputs to trace it with.
        inputs: Their names.
        outputs: The outputs' names; their first axis varies.
        dynamic: Which axes of which inputs vary, with a name for each.
        opset: ONNX's version of operators.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            example,
            buffer,  # type: ignore[arg-type]  # files are taken, whatever the signature says
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={**dynamic, **{name: {0: "rows"} for name in outputs}},
            opset_version=opset,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    for node in model.graph.node:
        node.ClearField("doc_string")  # stack traces with the paths of this machine
    return bytes(model.SerializeToString(deterministic=True))


def backbone_to_onnx(backbone: Backbone, size: int, opset: int) -> bytes:
    """The CNN: uint8 squares of that side in, pooled vectors and grids out."""
    example = torch.zeros((1, 3, size, size), dtype=torch.uint8)
    return to_onnx(backbone, (example,), ["images"], [POOLED, GRID], {"images": {0: "rows"}}, opset)
