"""Decoding of image files to upright RGB pixels.

Thread-safe: Pillow's global switches (``LOAD_TRUNCATED_IMAGES``, ``MAX_IMAGE_PIXELS``) are not touched.
"""

import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

# Pillow's own limit for errors, about 179 megapixels (half a gigabyte of RGB).
MAX_PIXELS = 178_956_970

# An allow-list, to keep downloads away from plugins that start programs or follow references (EPS, WMF, PDF).
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "JPEG2000", "ICO", "PPM")
# How an HEIF file starts, after its length. AVIF may start so too, but names its brand soon after; Pillow reads it.
_HEIF_START = re.compile(rb"....ftyp(?:hei[cxms]|mif[12]|msf1)(?!.{0,48}avi[fs])", re.DOTALL)

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})

# End-of-image markers for truncated files: libjpeg stops at the first one it finds and keeps the rows so far. There
# are enough to fill the longest segment (64 kB) that the truncation can have left open.
_JPEG_END = b"\xff\xd9"
_JPEG_ENDING = _JPEG_END * 33_000
_JPEGS = ("JPEG", "MPO")  # MPO: a sequence of JPEGs, written by some cameras
_CUT_SHORT = "the JPEG is cut short or damaged; what could be decoded was read, and the rest is missing"

# Transparency becomes white, unless that would hide most of what is drawn: outlines as light as this on white. Then it
# becomes a grey on which white and black print are both readable.
_LIGHT = 200
_GREY = (104, 104, 104, 255)


class ImageError(Exception):
    """The bytes are not a usable image; the message is a one-line reason."""


class TooManyPixelsError(ImageError):
    """The image has more than ``MAX_PIXELS``."""


@dataclass(frozen=True)
class ImageInfo:
    """The upright size in pixels and the format in lower case (``jpeg``, ``png``), from the header."""

    width: int
    height: int
    format: str


@dataclass(frozen=True)
class Decoded:
    """Upright RGB pixels (height, width, 3); ``warning`` says what is missing if a file was decoded only in part."""

    pixels: NDArray[np.uint8]
    warning: str = ""


def probe(payload: bytes) -> ImageInfo:
    """Read the header only.

    Raises:
        ImageError: If the bytes are not an image or it has too many pixels.
    """
    image = _open(payload)
    width, height = image.size
    if _orientation(image) in _SIDEWAYS:
        width, height = height, width
    name = "JPEG" if image.format in _JPEGS else str(image.format)
    return ImageInfo(width, height, name.lower())


def is_plain_jpeg(payload: bytes) -> bool:
    """Return whether this is a complete, upright JPEG in colour or grey, which GPU decoders support.

    Raises:
        ImageError: As for ``probe``.
    """
    image = _open(payload)
    whole = payload.rstrip(b"\0").endswith(_JPEG_END)
    return whole and image.format in _JPEGS and image.mode in ("RGB", "L") and _orientation(image) == 1


def decode_rgb(payload: bytes, max_side: int | None = None) -> NDArray[np.uint8]:
    """Decode an image file to upright RGB; see ``decode``."""
    return decode(payload, max_side).pixels


def decode(payload: bytes, max_side: int | None = None) -> Decoded:
    """Decode an image file to upright RGB, and tell whether something is missing.

    Applies the EXIF orientation, puts transparent pictures on a background (see ``flatten``), takes the first frame of
    an animation and the upper 8 bits of 16-bit channels, and keeps the existing rows of a truncated JPEG.

    Args:
        payload: The file's bytes.
        max_side: Images with a longer side are shrunk to it.

    Raises:
        ImageError: If the bytes are not an image, it has too many pixels, or it is damaged beyond use.
    """
    image = _open(payload)
    orientation, warning = _orientation(image), ""
    target = _fitting(image.size, max_side)
    try:
        rgb = _rgb(image, target)
    except MemoryError:
        raise
    except Exception as error:
        if image.format not in _JPEGS:
            raise ImageError(f"damaged {image.format}: {_one_line(error)}") from None
        rgb, warning = _cut_short_jpeg(payload, target), _CUT_SHORT
    if rgb.size != target:
        rgb = rgb.resize(target, Image.Resampling.LANCZOS)
    if orientation in _TURNS:
        rgb = rgb.transpose(_TURNS[orientation])
    # A copy: Pillow's buffer would give a read-only array.
    return Decoded(np.array(rgb, dtype=np.uint8), warning)


def flatten(image: Image.Image) -> Image.Image:
    """Return an image as RGB: deep greyscale in 8 bits, transparency on white, or on grey if white would hide print."""
    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    elif image.has_transparency_data:
        layer = image.convert("RGBA")
        background = _GREY if _is_light(layer) else "white"
        image = Image.alpha_composite(Image.new("RGBA", layer.size, background), layer)
    return image.convert("RGB")


def _is_light(layer: Image.Image) -> bool:
    """Return whether most of what borders on transparency is light: the outlines of white print, or of a label."""
    visible = np.asarray(layer.getchannel("A")) >= 128
    if visible.all() or not visible.any():
        return False
    inner = np.pad(visible, 1, mode="edge")
    inner = inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
    outline = np.asarray(layer.convert("RGB").convert("L"))[visible & ~inner]
    return bool(np.count_nonzero(outline >= _LIGHT) * 2 > outline.size)


def _open(payload: bytes) -> Image.Image:
    try:
        image = _open_heif(payload) if _HEIF_START.match(payload) else Image.open(io.BytesIO(payload), formats=FORMATS)
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError("not an image" if payload else "empty") from None
    except Image.DecompressionBombError:
        raise TooManyPixelsError(f"more than {MAX_PIXELS} pixels") from None
    except MemoryError:
        raise
    except Exception as error:  # Pillow's plugins raise all kinds of exceptions on malformed headers.
        raise ImageError(f"unreadable header: {_one_line(error)}") from None
    width, height = image.size
    if width < 1 or height < 1:
        raise ImageError(f"empty image ({width}x{height})")
    if width * height > MAX_PIXELS:
        raise TooManyPixelsError(f"{width}x{height} is more than {MAX_PIXELS} pixels")
    return image


def _open_heif(payload: bytes) -> Image.Image:
    try:
        # Not registered as Pillow's plugin, which would change what other code of this process may open.
        from pillow_heif import HeifImageFile  # noqa: PLC0415  (only these files need it)
    except ImportError:
        raise ImageError("HEIF, which needs the package pillow-heif") from None
    image: Image.Image = HeifImageFile(io.BytesIO(payload))  # type: ignore[no-untyped-call]
    return image


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":
        return 1  # Pillow rotates TIFFs itself and reports the rotated size.
    try:
        # Not PNG's own method, which decodes all pixels to find a chunk after them.
        orientation = Image.Image.getexif(image).get(_ORIENTATION_TAG, 1)
    except MemoryError:
        raise
    except Exception:  # The pixels may be fine even if the EXIF data is damaged.
        return 1
    return orientation if orientation in _TURNS else 1


def _fitting(size: tuple[int, int], max_side: int | None) -> tuple[int, int]:
    long_side = max(size)
    if max_side is None or long_side <= max_side:
        return size
    width, height = (max(1, round(side * max_side / long_side)) for side in size)
    return width, height


def _rgb(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    if target != image.size:
        # JPEGs can be decoded at a half, a quarter or an eighth of their size; a no-op for other formats.
        image.draft(image.mode, (2 * target[0], 2 * target[1]))
    image.load()
    return flatten(image)


def _eight_bits(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Convert deep greyscale: integers are 16-bit by Pillow's convention, floats are scaled by their own range."""
    if np.issubdtype(pixels.dtype, np.integer):
        return (np.clip(pixels.astype(np.int64), 0, 65535) >> 8).astype(np.uint8)
    finite = np.nan_to_num(pixels.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    return np.round((finite - low) * (255.0 / (high - low) if high > low else 0.0)).astype(np.uint8)


def _cut_short_jpeg(payload: bytes, target: tuple[int, int]) -> Image.Image:
    try:
        return _rgb(_open(payload + _JPEG_ENDING), target)
    except MemoryError:
        raise
    except ImageError:
        raise
    except Exception as error:
        raise ImageError(f"damaged JPEG: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
