"""Image files that are broken, or of any shape, through decoding and through both OCR engines."""

from __future__ import annotations

import io
import os
import random
import resource
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.speed.harness import ROOT
from imagequant.imaging.decode import MAX_PIXELS, ImageError, decode_rgb, probe
from imagequant.ocr.read import EngineReading, Reader, read_prepared_photos
from imagequant.params import load_params

FILES = 10_000
READ = 200
_BLOCKS = 40
# What one file may take: a photo of as many pixels as are let in takes half a gigabyte, and half as much again on
# the way.
_GIGABYTES = 4
_SECONDS = 30.0
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "ICO", "JPEG2000", "AVIF")
_SHAPES = ((1, 1), (1, 4000), (4000, 1), (2, 30_000), (30_000, 3), (1, 65_000), (7, 900), (900, 5), (64, 64), (500, 8))


def measure(scratch: Path) -> dict[str, int]:
    """How many files were tried, and what went wrong with how many of them."""
    del scratch
    counts: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count(), initializer=_limit_memory) as pool:
        for found in pool.map(_decode_block, range(_BLOCKS)):
            counts += found
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(_read_block, range(_BLOCKS)):
            counts += found
    names = ("files", "files_decoded", "files_refused", "images_read", "readings_refused", "crashes", "too_slow")
    return {name: counts[name] for name in names}


def _limit_memory() -> None:
    warnings.simplefilter("ignore")  # Pillow says a lot about such files
    resource.setrlimit(resource.RLIMIT_AS, (_GIGABYTES << 30, _GIGABYTES << 30))


def _decode_block(block: int) -> Counter[str]:
    chance = random.Random(f"images {block}")
    originals = [_image(chance, name) for name in _FORMATS]
    counts: Counter[str] = Counter()
    for _ in range(FILES // _BLOCKS):
        payload = broken(chance, chance.choice(originals))
        started = time.monotonic()
        try:
            info = probe(payload)
            pixels = decode_rgb(payload, max_side=chance.choice((None, 64)))
            if pixels.ndim != 3 or pixels.dtype != np.uint8 or info.width * info.height > MAX_PIXELS:
                raise AssertionError(f"{pixels.shape} {pixels.dtype} {info}")
            counts["files_decoded"] += 1
        except ImageError:
            counts["files_refused"] += 1
        except Exception as error:
            counts["crashes"] += 1
            print(f"{error!r}: {payload[:60]!r}...", flush=True)
        counts["files"] += 1
        counts["too_slow"] += time.monotonic() - started > _SECONDS
    return counts


def _image(chance: random.Random, name: str) -> bytes:
    random_pixels = np.random.default_rng(chance.randrange(1 << 30))
    width, height = chance.randint(1, 90), chance.randint(1, 90)
    mode = chance.choice(("RGB", "L")) if name in ("JPEG", "PPM", "JPEG2000", "BMP", "AVIF") else "RGBA"
    shape = (height, width, len(mode)) if len(mode) > 1 else (height, width)
    pixels = random_pixels.integers(0, 256, shape, dtype=np.uint8)
    buffer = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert("P") if name == "GIF" else image).save(buffer, name)
    return buffer.getvalue()


def broken(chance: random.Random, payload: bytes) -> bytes:
    """A file with bytes changed, mostly in its header, parts taken away or put in twice, or its end cut off."""
    changed = bytearray(payload)
    for _ in range(chance.randint(1, 6)):
        reach = len(changed) if chance.random() < 0.5 else min(len(changed), 64)
        at = chance.randrange(max(reach, 1))
        match chance.randrange(6):
            case 0 | 1:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 2:
                changed[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\0\0\xff\xff"))
            case 3:
                del changed[at : at + chance.randint(1, 30)]
            case 4:
                changed[at:at] = changed[at : at + chance.randint(1, 60)]
            case _:
                del changed[max(at, 4) :]
    return bytes(changed)


def _read_block(block: int) -> Counter[str]:
    chance = random.Random(f"reading {block}")
    reader = Reader.build(load_params(ROOT / "params.yaml").ocr)
    counts: Counter[str] = Counter()
    for number in range(READ // _BLOCKS):
        pixels = _pixels(chance, _SHAPES[(block * (READ // _BLOCKS) + number) % len(_SHAPES)])
        read: dict[str, EngineReading] = {}
        for engine in reader.engines:
            guide = reader.guide(engine)
            started = time.monotonic()
            try:
                asked = reader.ask(engine, pixels, read.get(guide.name) if guide else None)
                (read[engine.name],) = read_prepared_photos(engine, [asked])
                counts["readings_refused"] += bool(read[engine.name].reason)
            except Exception as error:
                counts["crashes"] += 1
                print(f"{engine.name}, {pixels.shape}: {error!r}", flush=True)
            counts["too_slow"] += time.monotonic() - started > _SECONDS
        counts["images_read"] += 1
    return counts


def _pixels(chance: random.Random, shape: tuple[int, int]) -> np.ndarray:
    """Noise, one colour, or stripes: what networks see in them is nobody's text."""
    random_pixels = np.random.default_rng(chance.randrange(1 << 30))
    match chance.randrange(3):
        case 0:
            return random_pixels.integers(0, 256, (*shape, 3), dtype=np.uint8)
        case 1:
            return np.full((*shape, 3), chance.randrange(256), dtype=np.uint8)
        case _:
            stripes = (np.arange(shape[1]) // chance.randint(1, 9) % 2 * 255).astype(np.uint8)
            return np.ascontiguousarray(np.broadcast_to(stripes[None, :, None], (*shape, 3)))
