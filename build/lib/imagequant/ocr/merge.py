"""Merging of several engines' words without duplicates."""

from collections.abc import Sequence

import numpy as np

from imagequant.core.records import Word


def kept_words(engines: Sequence[Sequence[Word]], overlap: float) -> list[list[bool]]:
    """Select the words of the merged reading.

    A later engine's word is a duplicate if a kept word covers more than ``overlap`` of its box, whatever the texts are:
    RapidOCR's lines replace Tesseract's words.

    Args:
        engines: Words by engine, most trusted first.
        overlap: Share of a word's area, in [0, 1].

    Returns:
        One flag per word for each engine.
    """
    boxes: list[tuple[float, float, float, float]] = []
    flags: list[list[bool]] = []
    for words in engines:
        known = np.array(boxes, dtype=np.float64).reshape(-1, 4)
        mine = [_covered(word, known) <= overlap for word in words]
        flags.append(mine)
        boxes.extend((w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w, keep in zip(words, mine, strict=True) if keep)
    return flags


def _covered(word: Word, known: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Return the largest share of the word's box covered by one known box."""
    if not len(known) or word.box.area <= 0:
        return 0.0
    width = np.minimum(known[:, 2], word.box.x1) - np.maximum(known[:, 0], word.box.x0)
    height = np.minimum(known[:, 3], word.box.y1) - np.maximum(known[:, 1], word.box.y0)
    return float((np.clip(width, 0, None) * np.clip(height, 0, None)).max() / word.box.area)
