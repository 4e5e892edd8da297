"""Tesseract through pytesseract."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from imagequant.core import arithmetic
from imagequant.core.errors import InputError
from imagequant.core.records import Box, Word
from imagequant.ocr.engine import OcrError, Read, RgbImage
from imagequant.params import TesseractParams

_COLUMNS = ("page_num", "text", "left", "top", "width", "height", "conf")


@dataclass(frozen=True)
class Page:
    """Tesseract's input: uint8 (height, width), ``scale`` times the size of the photo."""

    grey: NDArray[np.uint8]
    scale: float


class TesseractEngine:
    """Reads words, not lines."""

    name = "tesseract"

    def __init__(self, params: TesseractParams) -> None:
        self._params = params
        self._options = f"--psm {params.page_segmentation} --dpi 150 -c thresholding_method=0"
        if arithmetic.is_portable():
            self._options += " -c dotproduct=avx2"
        try:
            self._version = str(pytesseract.get_tesseract_version())
        except pytesseract.TesseractNotFoundError:
            raise InputError(
                "tesseract is not installed; install it (Debian: tesseract-ocr), or leave it out of ocr.engines"
            ) from None
        languages = pytesseract.get_languages()
        for language in params.language.split("+"):
            if language not in languages:
                raise InputError(
                    f"ocr.tesseract.language: no data for {language!r}; installed: {', '.join(sorted(languages))}"
                )

    def versions(self) -> dict[str, str]:
        """Program and wrapper versions."""
        return {"tesseract": self._version, "pytesseract": version("pytesseract")}

    def prepare(self, image: RgbImage) -> Page:
        """Convert the photo to grey, and scale it if it is small or large."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        side = max(image.shape[:2])
        scale = min(max(side, self._params.upscale_to), self._params.downscale_to) / side
        scale = max(scale, 1.0 / min(image.shape[:2]))  # no side below a pixel
        if scale != 1.0:
            interpolation = cv2.INTER_CUBIC if scale > 1.0 else cv2.INTER_AREA
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=interpolation)
        return Page(np.asarray(grey, dtype=np.uint8), scale)

    def read_prepared(self, prepared: Sequence[Page]) -> list[Read]:
        """Read words with one Tesseract process: starting it takes as long as reading a small photo."""
        try:
            return [*self._read(prepared)]
        except OcrError as error:
            if len(prepared) == 1:
                return [error]
        # Read them one by one to find out which page failed.
        return [read for page in prepared for read in self.read_prepared([page])]

    def _read(self, pages: Sequence[Page]) -> list[list[Word]]:
        """Read the words of all pages.

        Raises:
            OcrError: If Tesseract fails or takes longer than ``ocr.tesseract.timeout`` per page.
        """
        with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
            # For pytesseract, paths take half the time of arrays. BMP is uncompressed, and Leptonica reads it in one
            # go; it reads PGM byte by byte, which took an eighth of Tesseract's time.
            paths = [Path(folder) / f"{number}.bmp" for number in range(len(pages))]
            for path, page in zip(paths, pages, strict=True):
                cv2.imwrite(str(path), page.grey)
            listed = Path(folder) / "pages.txt"
            listed.write_text("".join(f"{path}\n" for path in paths))
            try:
                fields = pytesseract.image_to_data(
                    str(listed),
                    lang=self._params.language,
                    config=self._options,
                    output_type=pytesseract.Output.DICT,
                    timeout=self._params.timeout * len(pages),
                )
            except pytesseract.TesseractError as error:
                # Drop the folder, whose name changes from run to run.
                detail = " ".join(str(error).replace(f"{folder}/", "").split())
                raise OcrError(f"tesseract failed: {detail}") from None
            except RuntimeError:  # pytesseract's time-out
                raise OcrError(f"tesseract took longer than {self._params.timeout:g} s") from None
        words: list[list[Word]] = [[] for _ in pages]
        for row in zip(*(fields[name] for name in _COLUMNS), strict=True):
            number = int(row[0]) - 1
            word = self._word(row[1:], pages[number].scale)
            if word is not None:
                words[number].append(word)
        return words

    def _word(self, row: tuple[Any, ...], scale: float) -> Word | None:
        """Convert a row of Tesseract's table to the photo's pixels; None without text or with low confidence."""
        text, left, top, width, height, percent = row
        confidence = float(percent) / 100.0
        if not text.strip() or confidence < self._params.min_confidence:
            return None
        box = Box(left / scale, top / scale, (left + width) / scale, (top + height) / scale)
        return Word(text.strip(), box, confidence, 0, self.name)
