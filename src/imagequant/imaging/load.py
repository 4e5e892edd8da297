"""Loading of images from paths, bytes, arrays and PIL images."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from imagequant.core.errors import InputError
from imagequant.imaging.decode import Decoded, ImageError, decode, flatten

ImageLike = str | Path | bytes | NDArray[np.uint8] | Image.Image
# Files to look for in folders; single files are tried whatever their suffix.
SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif")
)


def load_image(image: ImageLike, name: str = "") -> NDArray[np.uint8]:
    """Load an image as an upright RGB array (height, width, 3); see ``load_decoded``."""
    return load_decoded(image, name).pixels


def load_decoded(image: ImageLike, name: str = "") -> Decoded:
    """Load an image as an upright RGB array (height, width, 3), with a warning if a file is there only in part.

    Args:
        image: A path; the bytes of an image file; a non-empty uint8 array (height, width, 3) in RGB,
            (height, width, 4) with alpha, or (height, width) in grey; or a PIL image. Transparency becomes white, or
            grey behind white print.
        name: Name for errors; by default its path, or ``image``.

    Raises:
        InputError: If the file does not exist or is not an image.
    """
    name = name or image_name(image) or "image"
    if isinstance(image, np.ndarray):
        return Decoded(_from_array(image, name))
    if isinstance(image, Image.Image):
        return Decoded(_from_pillow(image))
    if not isinstance(image, str | Path | bytes):
        raise InputError(f"{type(image).__name__} is not an image; pass a path, bytes, a numpy array or a PIL image")
    if isinstance(image, str) and image.startswith(("http://", "https://")):
        raise InputError(f"{name} is a URL; download it and pass its bytes, or use the command `imagequant predict`")
    try:
        return decode(image if isinstance(image, bytes) else Path(image).read_bytes())
    except ValueError:  # a zero byte in the path
        raise InputError(f"{name}: No such file or directory") from None
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from None
    except ImageError as error:
        raise InputError(f"{name}: {error}") from None


def image_name(image: ImageLike) -> str:
    """Return the path of an image; empty if it has none."""
    return os.fspath(image) if isinstance(image, str | Path) else ""


def _from_array(array: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    kind = array.shape[2] if array.ndim == 3 else 1 if array.ndim == 2 else 0
    if kind not in (1, 3, 4) or array.dtype != np.uint8 or array.size == 0:
        raise InputError(
            f"{name}: array of shape {array.shape} and type {array.dtype}; allowed: uint8 with shape"
            " (height, width, 3), (height, width, 4) with alpha, or (height, width) in grey"
        )
    if kind == 3:
        return array
    return _from_pillow(Image.fromarray(array if kind == 4 else array.reshape(array.shape[:2])))


def _from_pillow(image: Image.Image) -> NDArray[np.uint8]:
    return np.array(flatten(ImageOps.exif_transpose(image)), dtype=np.uint8)
