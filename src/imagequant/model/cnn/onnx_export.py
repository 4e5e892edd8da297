"""Reproducible ONNX export."""

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
    """Export a network to bytes that only depend on its weights.

    Args:
        network: The network in evaluation mode.
        example: Inputs for tracing.
        inputs: Names of the inputs.
        outputs: Names of the outputs, whose first axis is dynamic.
        dynamic: Names of the inputs' dynamic axes.
        opset: ONNX operator set version.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            example,
            buffer,  # type: ignore[arg-type]  # file objects work, despite the signature
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={**dynamic, **{name: {0: "rows"} for name in outputs}},
            opset_version=opset,
            # Batch normalisation stays as it is, for OpenVINO to fold: torch would take square roots with MKL, whose
            # last digits differ by make of processor.
            training=torch.onnx.TrainingMode.PRESERVE,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    for node in model.graph.node:
        node.ClearField("doc_string")  # stack traces with local paths
    return bytes(model.SerializeToString(deterministic=True))


def backbone_to_onnx(backbone: Backbone, size: int, opset: int) -> bytes:
    """Export the CNN, from uint8 letterboxed images with side ``size`` to pooled vectors and grids."""
    example = torch.zeros((1, 3, size, size), dtype=torch.uint8)
    return to_onnx(backbone, (example,), ["images"], [POOLED, GRID], {"images": {0: "rows"}}, opset)
