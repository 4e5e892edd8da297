"""The plain loop most people write: ``RapidOCR()`` once, called on each file, its defaults, all cores.

``python -m benchmarks.speed.rapidocr_loop OUTPUT PHOTO ...`` writes what it read as the ``ocr`` stage's words and
prints how long it took.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from imagequant.core.files import file_digest
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.storage.words import write_words


def main() -> None:
    output, *photos = sys.argv[1:]
    started = time.perf_counter()
    # Here, because the stage's workers load theirs while they are timed.
    from rapidocr import RapidOCR

    engine = RapidOCR()
    results = [engine(photo) for photo in photos]
    taken = time.perf_counter() - started
    write_words(Path(output), 0, [_words(file_digest(Path(p)), r) for p, r in zip(photos, results, strict=True)], {})
    print(taken)


def _words(name: str, result) -> PhotoWords:
    found = () if result.boxes is None else zip(result.boxes, result.txts, result.scores, strict=True)
    words = tuple(Word(text, _box(np.asarray(quad)), float(score), 0, "rapidocr") for quad, text, score in found)
    return PhotoWords(name, words, tuple(True for _ in words))


def _box(quad: np.ndarray) -> Box:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))


if __name__ == "__main__":
    main()
