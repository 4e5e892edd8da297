"""Image files to letterboxed images on the GPU: nvJPEG decodes, and only the letterboxed images are copied back."""

from collections.abc import Iterable, Iterator, Sequence

import torch
from torchvision.io import ImageReadMode, decode_jpeg
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

from imagequant.imaging.decode import MAX_PIXELS, ImageError, decode_rgb, is_plain_jpeg, probe
from imagequant.imaging.letterbox import PADDING, Placement
from imagequant.stages.preprocess.letterboxed import Letterboxed

# nvJPEG rounds and interpolates colour differently from libjpeg: the mean absolute difference between images made on
# the GPU and on the CPU, in levels of 255, stays below this.
CUDA_TOLERANCE = 2.0
# Files decoded together, unless they have more pixels than the largest photo that is accepted.
_BATCH_SIZE = 32


def letterbox_on_cuda(payloads: Iterable[bytes], size: int) -> Iterator[Letterboxed | ImageError]:
    """Yields the letterboxed images of image files, decoded on the GPU if nvJPEG can, else on the CPU.

    For a file that cannot be decoded, yields the error that says why; nvJPEG decodes some files that the CPU refuses.
    """
    for batch in _batches(payloads):
        plain = [payload for payload in batch if isinstance(payload, bytes) and is_plain_jpeg(payload)]
        decoded = dict(zip(plain, _decode_batch(plain), strict=True))
        photos = [_pixels(payload, decoded) for payload in batch]
        yield from _letterbox(photos, size)


def _batches(payloads: Iterable[bytes]) -> Iterator[list[bytes | ImageError]]:
    """Groups files that are decoded together; a file without a readable header is an error already."""
    batch: list[bytes | ImageError] = []
    pixels = 0
    for payload in payloads:
        try:
            info = probe(payload)
        except ImageError as error:
            batch.append(error)
            continue
        pixels += info.width * info.height
        if len(batch) == _BATCH_SIZE or (batch and pixels > MAX_PIXELS):
            yield batch
            batch, pixels = [], info.width * info.height
        batch.append(payload)
    if batch:
        yield batch


def _decode_batch(payloads: Sequence[bytes]) -> list[torch.Tensor | None]:
    """Decodes files to pixels on the GPU, uint8 (3, height, width) each; None for files that nvJPEG refuses."""
    if not payloads:
        return []
    encoded = [torch.frombuffer(bytearray(payload), dtype=torch.uint8) for payload in payloads]
    try:
        return list(decode_jpeg(encoded, mode=ImageReadMode.RGB, device="cuda"))
    except RuntimeError:
        # One file is damaged or of a kind it cannot decode (12 bits, arithmetic coding): decode the others.
        if len(payloads) == 1:
            return [None]
        return [pixels for payload in payloads for pixels in _decode_batch([payload])]


def _pixels(payload: bytes | ImageError, decoded: dict[bytes, torch.Tensor | None]) -> torch.Tensor | ImageError:
    if isinstance(payload, ImageError):
        return payload
    pixels = decoded.get(payload)
    if pixels is not None:
        return pixels
    try:
        return torch.from_numpy(decode_rgb(payload)).permute(2, 0, 1).to("cuda")
    except ImageError as error:
        return error


def _letterbox(photos: Sequence[torch.Tensor | ImageError], size: int) -> Iterator[Letterboxed | ImageError]:
    """Resizes on the GPU and copies all images back at once."""
    images = torch.full((len(photos), 3, size, size), PADDING, dtype=torch.uint8, device="cuda")
    places: list[Placement | ImageError] = []
    for image, pixels in zip(images, photos, strict=True):
        if isinstance(pixels, ImageError):
            places.append(pixels)
            continue
        place = Placement.of(pixels.shape[-1], pixels.shape[-2], size)
        image[:, place.top : place.top + place.height, place.left : place.left + place.width] = transforms.resize(
            pixels, [place.height, place.width], interpolation=InterpolationMode.BILINEAR, antialias=True
        )
        places.append(place)
    for image, outcome in zip(images.cpu().numpy(), places, strict=True):
        yield outcome if isinstance(outcome, ImageError) else (image, outcome.box(size))
