"""The CNN's features without torch: what the ``cnn`` stage runs on CPUs, and answering a single photo everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from imagequant.imaging.networks import compile_network
from imagequant.params import Precision

POOLED, GRID = "pooled", "grid"


class OpenVinoExtractor:
    """An exported backbone (``Backbone.forward``) on one core."""

    def __init__(self, network: Path | bytes, precision: Precision) -> None:
        """Loads a network.

        Args:
            network: An ONNX file or its content; uint8 (N, 3, S, S) in, ``pooled`` and ``grid`` out.
            precision: Of its arithmetic.
        """
        self._request = compile_network(ov.Core().read_model(network), precision)

    def __call__(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Features of RGB squares, uint8 (N, 3, S, S).

        One by one: on one core a batch is no faster, and a photo's features must not depend on its neighbours.

        Returns:
            The pooled vectors (N, 2048) and the reduced grids (N, channels, S / 32, S / 32), float32.
        """
        pooled, grids = [], []
        for image in images:
            self._request.infer([image[None]])
            pooled.append(self._request.get_tensor(POOLED).data[0].copy())
            grids.append(self._request.get_tensor(GRID).data[0].copy())
        return np.stack(pooled), np.stack(grids)
