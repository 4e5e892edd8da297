"""PP-OCR's networks on OpenVINO."""

import math
from functools import cached_property

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino.preprocess import PrePostProcessor

from imagequant.core import arithmetic
from imagequant.imaging.compilation import THROUGHPUT, Compilation
from imagequant.imaging.networks import compile_network, fix_names
from imagequant.params import Precision

# The padding: pixels with this value are 0 to the network.
MID_GREY = 127.5


class OpenVinoModel:
    """A network with pixels as its input and one output.

    Compiled for a fixed shape, it is an eighth faster: memory is planned ahead, and more layers are fused, depending on
    the size of the processor's caches. Where last digits may depend on the processor, it is compiled twice, on demand:
    for the usual shape and for all others. Portable arithmetic has one network for all shapes.
    """

    def __init__(
        self, model: ov.Model, precision: Precision, usual: tuple[int, int], compilation: Compilation = THROUGHPUT
    ) -> None:
        """Wrap a model.

        Args:
            model: Its input is float32 (batch, 3, height, width) in [-1, 1].
            precision: Arithmetic precision (see ``compile_network``).
            usual: Height and width of most inputs, in batches of one.
            compilation: See ``compile_network``.
        """
        wrapped = PrePostProcessor(model)
        # uint8 input needs a quarter of the memory of float32.
        wrapped.input().tensor().set_layout(ov.Layout("NHWC")).set_element_type(ov.Type.u8)
        wrapped.input().model().set_layout(ov.Layout("NCHW"))
        # Convert the layout last: the first layer then gets its preferred memory layout.
        steps = wrapped.input().preprocess().convert_element_type(ov.Type.f32).mean(MID_GREY).scale(MID_GREY)
        steps.convert_layout(ov.Layout("NCHW"))
        self._model = wrapped.build()
        fix_names(self._model)
        self._precision = precision
        self._compilation = compilation
        self._usual = None if arithmetic.is_portable() or compilation.is_early else (1, *usual, 3)

    def compile(self) -> None:
        """Compile the network for all shapes now; else the first call does."""
        _ = self._for_any

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Run the network. The first call with a new shape takes about 50 ms longer, with the usual one 300 ms.

        Args:
            pixels: uint8 (batch, height, width, 3), BGR.

        Returns:
            The output, valid until the next call, which overwrites its memory.
        """
        request = self._for_the_usual if pixels.shape == self._usual else self._for_any
        request.infer([pixels])
        output: NDArray[np.float32] = request.get_output_tensor().data
        return output

    @cached_property
    def _for_the_usual(self) -> ov.InferRequest:
        model = self._model.clone()
        model.reshape(ov.PartialShape(list(self._usual or ())))
        return compile_network(model, self._precision, self._compilation)

    @cached_property
    def _for_any(self) -> ov.InferRequest:
        return compile_network(self._model, self._precision, self._compilation)


def whole_steps(length: float, step: int) -> int:
    """Round ``length`` up to a multiple of ``step``, at least one."""
    return max(math.ceil(length / step), 1) * step
