"""CNN features with OpenVINO: for the ``cnn`` stage on CPUs, and for prediction."""

from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from imagequant.imaging.compilation import THROUGHPUT, Compilation
from imagequant.imaging.networks import compile_network
from imagequant.params import Precision

POOLED, GRID = "pooled", "grid"


class OpenVinoExtractor:
    """Runs an exported backbone (see ``Backbone.forward``)."""

    def __init__(self, network: Path | bytes, precision: Precision, compilation: Compilation = THROUGHPUT) -> None:
        """Load a network from an ONNX file or its content; for the rest see ``compile_network``."""
        model = ov.Core().read_model(network) if isinstance(network, bytes) else network
        self._request = compile_network(model, precision, compilation)

    def __call__(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the features of letterboxed RGB images, uint8 (N, 3, S, S).

        They are computed one by one: a batch is not faster on one core, and features must not depend on other photos.

        Returns:
            The pooled vectors (N, width) and the reduced grids (N, channels, S / 32, S / 32), float32.
        """
        pooled, grids = [], []
        for image in images:
            self._request.infer([image[None]])
            pooled.append(self._request.get_tensor(POOLED).data[0].copy())
            grids.append(self._request.get_tensor(GRID).data[0].copy())
        return np.stack(pooled), np.stack(grids)
