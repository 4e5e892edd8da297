"""Choosing the device that ``device: auto | cpu | cuda`` means on this machine."""

from __future__ import annotations

import torch

from imagequant.errors import InputError


def pick_device(wanted: str, key: str) -> torch.device:
    """``auto`` takes the GPU where there is one.

    Args:
        wanted: ``auto``, ``cpu`` or ``cuda``.
        key: The parameter's name, for the error (``preprocess.device``).

    Raises:
        InputError: If a GPU is asked for and there is none.
    """
    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise InputError(f"{key}: cuda, but this machine has no usable CUDA device; allowed here: auto, cpu")
    return torch.device("cuda" if available and wanted != "cpu" else "cpu")
