"""Choosing the device that ``device: auto | cpu | cuda`` means on this machine."""

from __future__ import annotations

from typing import Literal

from imagequant.errors import InputError

DeviceName = Literal["cpu", "cuda"]


def pick_device(wanted: str, key: str) -> DeviceName:
    """``auto`` takes the GPU where there is one.

    Args:
        wanted: ``auto``, ``cpu`` or ``cuda``.
        key: The parameter's name, for the error (``preprocess.device``).

    Raises:
        InputError: If a GPU is asked for and there is none.
    """
    if wanted == "cpu":
        return "cpu"
    import torch  # noqa: PLC0415  (takes a second to load, and who asked for the CPU needs none of it)

    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise InputError(f"{key}: cuda, but this machine has no usable CUDA device; allowed here: auto, cpu")
    return "cuda" if available else "cpu"
