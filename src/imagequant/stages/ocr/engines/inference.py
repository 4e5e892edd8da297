"""PP-OCR's networks on OpenVINO: pixels in, one array out."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino.preprocess import PrePostProcessor

from imagequant.imaging.networks import compile_network
from imagequant.params import Precision

# Pixels of this value are 0 to the network: what it is given in place of nothing.
MID_GREY = 127.5


class OpenVinoModel:
    """A network with one input, pixels, and one output."""

    def __init__(
        self, path: Path, precision: Precision, adapt: Callable[[ov.Model], ov.Model] = lambda model: model
    ) -> None:
        """Reads and compiles an ONNX model whose input is float32 (batch, 3, height, width) in [-1, 1].

        Args:
            path: The model file.
            precision: Of sums and products. OpenVINO's own choice depends on the processor, and so would the texts.
            adapt: Changes the model before it is compiled.
        """
        wrapped = PrePostProcessor(adapt(ov.Core().read_model(path)))
        # Bytes go in: a quarter of the memory that floats take, and converted where they are used.
        wrapped.input().tensor().set_layout(ov.Layout("NHWC")).set_element_type(ov.Type.u8)
        wrapped.input().model().set_layout(ov.Layout("NCHW"))
        # The layout last: turned as floats, pixels come to lie as the first layer wants them.
        steps = wrapped.input().preprocess().convert_element_type(ov.Type.f32).mean(MID_GREY).scale(MID_GREY)
        steps.convert_layout(ov.Layout("NCHW"))
        self._request = compile_network(wrapped.build(), precision)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Runs the network. The first call with a new shape takes some 50 ms more than others: keep shapes few.

        Args:
            pixels: uint8 (batch, height, width, 3), BGR.

        Returns:
            Its output, valid until the next call: OpenVINO writes to the same memory again.
        """
        self._request.infer([pixels])
        output: NDArray[np.float32] = self._request.get_output_tensor().data
        return output


def whole_steps(length: float, step: int) -> int:
    """The least multiple of ``step`` that is not below ``length``; at least one step."""
    return max(math.ceil(length / step), 1) * step
