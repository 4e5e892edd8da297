"""Image files to squares on the GPU: nvJPEG decodes, and nothing but the square comes back."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.io import ImageReadMode, decode_jpeg
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

from imagequant.imaging.decode import decode_rgb, is_plain_jpeg
from imagequant.imaging.resize import PADDING, Placement, SquareBox

# nvJPEG rounds and spreads colour differently from libjpeg: the mean absolute difference between squares made on the
# GPU and on the CPU, in levels of 255, stays below this.
CUDA_TOLERANCE = 2.0


def square_on_cuda(payload: bytes, size: int) -> tuple[NDArray[np.uint8], SquareBox]:
    """The square of any image file, decoded on the GPU if nvJPEG takes it, else on the CPU.

    Raises:
        ImageError: If it cannot be decoded.
    """
    pixels = _decode(payload)
    place = Placement.of(pixels.shape[-1], pixels.shape[-2], size)
    square = pixels.new_full((3, size, size), PADDING)
    square[:, place.top : place.top + place.height, place.left : place.left + place.width] = transforms.resize(
        pixels, [place.height, place.width], interpolation=InterpolationMode.BILINEAR, antialias=True
    )
    return np.asarray(square.cpu().numpy()), place.box(size)


def _decode(payload: bytes) -> torch.Tensor:
    """Pixels on the GPU, uint8 (3, height, width)."""
    if is_plain_jpeg(payload):
        encoded = torch.frombuffer(bytearray(payload), dtype=torch.uint8)
        try:
            pixels: torch.Tensor = decode_jpeg(encoded, mode=ImageReadMode.RGB, device="cuda")
            return pixels
        except RuntimeError:
            pass  # a kind of JPEG (12 bits, arithmetic coding) or damage that nvJPEG refuses: the CPU judges it
    return torch.from_numpy(decode_rgb(payload)).permute(2, 0, 1).to("cuda")
