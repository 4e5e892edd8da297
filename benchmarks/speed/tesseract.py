"""The Tesseract path against the seed's: read, grey, Otsu, ``image_to_string``, one image after the other."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import Setting, alternate, in_new_process, ratio
from benchmarks.speed.recall import oracle_recall
from benchmarks.speed.stage import pack
from imagequant.core.files import file_digest
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.storage.words import write_words

# Photos of one size, smaller than the project's parameters have them: on several hundred photos of this size it reads
# more than the seed's way does in full size, or as much (docs/speed.md).
_FAST = ("ocr.engines=[tesseract]", "ocr.tesseract.upscale_to=900", "ocr.tesseract.downscale_to=900")


def measure(setting: Setting) -> dict[str, Any]:
    """Times as many photos a second, with both sides' oracle recall."""
    root, theirs = setting.scratch / "tesseract", setting.scratch / "tesseract-seed"
    pack(setting.photos, root)

    def stage() -> float:
        shutil.rmtree(root / ".cache", ignore_errors=True)
        return float(in_new_process("benchmarks.speed.stage", "ocr", str(root), *_FAST))

    sides = {
        "image_to_string": lambda: float(
            in_new_process("benchmarks.speed.tesseract", str(theirs), *(str(photo) for photo in setting.photos))
        ),
        "ocr stage": stage,
    }
    taken = alternate(sides, setting.runs)
    return {
        "tesseract_vs_seed": {
            **ratio(taken["image_to_string"], taken["ocr stage"]),
            "photos": len(setting.photos),
            "oracle_recall": oracle_recall(root / "data" / "ocr" / "train", setting.photos, setting.labels),
            "oracle_recall_seed": oracle_recall(theirs, setting.photos, setting.labels),
        }
    }


def main() -> None:
    """The seed's way; prints how long it took. Each line of text becomes a word with a line of its own."""
    output, *photos = sys.argv[1:]
    started = time.perf_counter()
    # Here, because the stage's workers load theirs while they are timed.
    import cv2
    import pytesseract

    texts = {}
    for photo in photos:
        grey = cv2.cvtColor(cv2.imread(photo), cv2.COLOR_BGR2GRAY)
        _, black = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        texts[photo] = pytesseract.image_to_string(black)
    taken = time.perf_counter() - started
    write_words(Path(output), 0, [_words(file_digest(Path(photo)), text) for photo, text in texts.items()], {})
    print(taken)


def _words(name: str, text: str) -> PhotoWords:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = tuple(
        Word(line, Box(0, 100 * number, 10 * len(line), 100 * number + 20), 1.0, 0, "tesseract")
        for number, line in enumerate(lines)
    )
    return PhotoWords(name, words, tuple(True for _ in words))


if __name__ == "__main__":
    main()
