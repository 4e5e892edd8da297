"""PP-OCR's networks on OpenVINO: pixels in, one array out."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino.preprocess import PrePostProcessor

from imagequant.imaging.networks import compile_network
from imagequant.params import Precision

# Pixels of this value are 0 to the network: what it is given in place of nothing.
MID_GREY = 127.5


class OpenVinoModel:
    """A network with one input, pixels, and one output.

    Made for one shape alone it takes an eighth less time: its memory is laid out in advance, and layers are joined that
    otherwise are not. So there are two of it, each made when it is first needed: one for the shape that most inputs
    have, one for all others. Which of them computes depends on the shape only, and so does what comes out.
    """

    def __init__(self, model: ov.Model, precision: Precision, usual: tuple[int, int]) -> None:
        """Takes over a model.

        Args:
            model: Its input is float32 (batch, 3, height, width) in [-1, 1].
            precision: Of sums and products. OpenVINO's own choice depends on the processor, and so would the texts.
            usual: Height and width of most of its inputs, which come one at a time.
        """
        wrapped = PrePostProcessor(model)
        # Bytes go in: a quarter of the memory that floats take, and converted where they are used.
        wrapped.input().tensor().set_layout(ov.Layout("NHWC")).set_element_type(ov.Type.u8)
        wrapped.input().model().set_layout(ov.Layout("NCHW"))
        # The layout last: turned as floats, pixels come to lie as the first layer wants them.
        steps = wrapped.input().preprocess().convert_element_type(ov.Type.f32).mean(MID_GREY).scale(MID_GREY)
        steps.convert_layout(ov.Layout("NCHW"))
        self._model = wrapped.build()
        self._precision = precision
        self._usual = (1, *usual, 3)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Runs the network. The first call with a new shape takes some 50 ms more than others, some 300 with the usual.

        Args:
            pixels: uint8 (batch, height, width, 3), BGR.

        Returns:
            Its output, valid until the next call: OpenVINO writes to the same memory again.
        """
        request = self._for_the_usual if pixels.shape == self._usual else self._for_any
        request.infer([pixels])
        output: NDArray[np.float32] = request.get_output_tensor().data
        return output

    @cached_property
    def _for_the_usual(self) -> ov.InferRequest:
        model = self._model.clone()
        model.reshape(ov.PartialShape(list(self._usual)))
        return compile_network(model, self._precision)

    @cached_property
    def _for_any(self) -> ov.InferRequest:
        return compile_network(self._model, self._precision)


def whole_steps(length: float, step: int) -> int:
    """The least multiple of ``step`` that is not below ``length``; at least one step."""
    return max(math.ceil(length / step), 1) * step
