"""One image file to one square, on the CPU or with nvJPEG on the GPU."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

import numpy as np
import torch
from torchvision.io import ImageReadMode, decode_jpeg

from imagequant.imaging.decode import ImageError, decode_rgb, is_plain_jpeg
from imagequant.imaging.resize import PADDING, SquareBox, fit_square, square_box
from imagequant.storage.pixels import PixelShard

# nvJPEG rounds and spreads colour differently from libjpeg: the mean absolute difference between squares made on the
# GPU and on the CPU, in levels of 255, stays below this.
CUDA_TOLERANCE = 2.0

Decoder = Callable[[bytes], torch.Tensor]


def decode_on_cpu(payload: bytes) -> torch.Tensor:
    """Any image file as uint8 (3, height, width).

    Raises:
        ImageError: If it cannot be decoded.
    """
    return torch.from_numpy(decode_rgb(payload)).permute(2, 0, 1)


def decode_on_cuda(payload: bytes) -> torch.Tensor:
    """The same on the GPU, decoded there if nvJPEG takes the file, else on the CPU.

    Raises:
        ImageError: If it cannot be decoded.
    """
    if is_plain_jpeg(payload):
        encoded = torch.frombuffer(bytearray(payload), dtype=torch.uint8)
        try:
            return cast("torch.Tensor", decode_jpeg(encoded, mode=ImageReadMode.RGB, device="cuda"))
        except RuntimeError:
            pass  # a kind of JPEG (12 bits, arithmetic coding) or damage that nvJPEG refuses: the CPU judges it
    return decode_on_cpu(payload).to("cuda")


def decoder_for(device: torch.device) -> Decoder:
    """The decoder whose tensors lie on the device."""
    return decode_on_cuda if device.type == "cuda" else decode_on_cpu


def make_shard(members: Iterable[tuple[str, bytes]], size: int, decode: Decoder) -> tuple[PixelShard, list[str]]:
    """Makes squares of image files; what cannot be decoded is white and not ``ok``.

    Args:
        members: Content hash and bytes of each file.
        size: The square's side.
        decode: Bytes to pixels.

    Returns:
        The shard, and for each image the reason why it could not be decoded (empty where it could).
    """
    names: list[str] = []
    squares: list[torch.Tensor] = []
    boxes: list[SquareBox] = []
    reasons: list[str] = []
    for name, payload in members:
        try:
            pixels = decode(payload)
        except ImageError as error:
            reason, box = str(error), (0.0, 0.0, 0.0, 0.0)
            square = torch.full((3, size, size), PADDING, dtype=torch.uint8)
        else:
            reason, box = "", square_box(pixels.shape[-1], pixels.shape[-2], size)
            square = fit_square(pixels, size).cpu()
        names.append(name)
        squares.append(square)
        boxes.append(box)
        reasons.append(reason)
    shard = PixelShard(
        tuple(names),
        torch.stack(squares).numpy() if squares else np.empty((0, 3, size, size), dtype=np.uint8),
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.array([not reason for reason in reasons], dtype=np.uint8),
    )
    return shard, reasons
