"""The CNN's features with torch: what the ``cnn`` stage runs on GPUs."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load

from imagequant.model.backbone import Backbone
from imagequant.params import CnnParams


class TorchExtractor:
    """A backbone on a device, batch by batch."""

    def __init__(self, weights: bytes, params: CnnParams, device: str) -> None:
        """Loads a network.

        Args:
            weights: All of the backbone's state as a safetensors file, so that each process can have it.
            params: ``grid_channels``, ``precision`` and ``batch_size`` count here.
            device: As torch names it.
        """
        backbone = Backbone(params.grid_channels, params.seed)
        backbone.load_state_dict(load(weights))
        # Channels last: the order in which a GPU's matrix units want them.
        self._backbone = backbone.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._device = torch.device(device)
        self._mixed = params.precision == "bf16"
        self._batch_size = params.batch_size

    @torch.inference_mode()
    def __call__(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Features of RGB squares, uint8 (N, 3, S, S).

        The last batch is filled up: kernels are chosen by shape, so a photo's last digits would depend on how many
        others are computed beside it, and with the work cache on what was computed before.

        Returns:
            The pooled vectors (N, 2048) and the reduced grids (N, channels, S / 32, S / 32), float32.
        """
        pooled, grids = [], []
        for start in range(0, len(images), self._batch_size):
            batch = images[start : start + self._batch_size]
            full = batch
            if len(batch) < self._batch_size:
                full = np.zeros((self._batch_size, *batch.shape[1:]), dtype=np.uint8)
                full[: len(batch)] = batch
            with torch.autocast(self._device.type, torch.bfloat16, enabled=self._mixed):
                one, other = self._backbone(torch.from_numpy(full).to(self._device))
            pooled.append(one.float().cpu().numpy()[: len(batch)])
            grids.append(other.float().cpu().numpy()[: len(batch)])
        return np.concatenate(pooled), np.concatenate(grids)
