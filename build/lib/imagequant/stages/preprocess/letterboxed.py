"""Image files to shards of letterboxed images."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from imagequant.imaging.decode import ImageError, decode_rgb
from imagequant.imaging.letterbox import PADDING, SquareBox, preprocess_image
from imagequant.storage.tensors import PixelShard

# Pixels (3, side, side), and where in them the photo lies.
Letterboxed = tuple[NDArray[np.uint8], SquareBox]
# Takes image files and the side; gives images in the files' order, and errors for files that have none.
Letterboxer = Callable[[Iterable[bytes], int], Iterator[Letterboxed | ImageError]]


def letterbox_on_cpu(payloads: Iterable[bytes], size: int) -> Iterator[Letterboxed | ImageError]:
    """Yields the letterboxed images of image files; for a file that cannot be decoded, the error that says why."""
    for payload in payloads:
        try:
            yield preprocess_image(decode_rgb(payload), size)
        except ImageError as error:
            yield error


def make_shard(
    members: Iterable[tuple[str, bytes]], size: int, letterboxer: Letterboxer
) -> tuple[PixelShard, list[str]]:
    """Letterboxes image files (content hash, bytes) to squares with side ``size``.

    Files that cannot be decoded are white images that are not ``ok``. Returns for each image the reason, too (empty if
    it could be decoded).
    """
    names: list[str] = []
    blank = np.full((3, size, size), PADDING, dtype=np.uint8), (0.0, 0.0, 0.0, 0.0)

    def payloads() -> Iterator[bytes]:
        for name, payload in members:
            names.append(name)
            yield payload

    results = list(letterboxer(payloads(), size))
    reasons = [str(result) if isinstance(result, ImageError) else "" for result in results]
    made = [blank if isinstance(result, ImageError) else result for result in results]
    shard = PixelShard(
        tuple(names),
        np.stack([image for image, _ in made]) if made else np.empty((0, 3, size, size), dtype=np.uint8),
        np.array([box for _, box in made], dtype=np.float32).reshape(-1, 4),
        np.array([not reason for reason in reasons], dtype=np.uint8),
    )
    return shard, reasons
