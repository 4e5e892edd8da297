"""Tesseract through pytesseract, on whole photos or on the lines that another engine found."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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
from imagequant.ocr.line_pages import LinePage, line_pages
from imagequant.ocr.merge import kept_words
from imagequant.ocr.tesseract_languages import installed_languages
from imagequant.params import TesseractParams

_COLUMNS = ("page_num", "text", "left", "top", "width", "height", "conf")


@dataclass(frozen=True)
class Page:
    """Tesseract's input: uint8 (height, width), ``scale`` times the size of the photo."""

    grey: NDArray[np.uint8]
    scale: float

    def on_photo(self, box: Box) -> tuple[Box, int]:
        """Return where on the photo a box of the page lies; Tesseract only reads level text."""
        return Box(*(value / self.scale for value in (box.x0, box.y0, box.x1, box.y1))), 0


# A photo is one page, or pages of its lines, if any of them is to be read.
Prepared = Page | tuple[Page | LinePage, ...]
_Pages = Sequence[Page | LinePage]
# Tesseract's --psm for pages of lines: one block of text.
_LINES_ONLY = 6
# Where the other engine found no more lines, Tesseract looks for itself.
_FEW_LINES = 1
# Share of a word of the whole photo that a line's word covers, if it is the same.
_SAME_PLACE = 0.5


class TesseractEngine:
    """Reads words, not lines."""

    name = "tesseract"

    def __init__(self, params: TesseractParams) -> None:
        self._params = params
        self._options = "--dpi 150 -c thresholding_method=0"
        if arithmetic.is_portable():
            self._options += " -c dotproduct=avx2"
        try:
            self._version = str(pytesseract.get_tesseract_version())
        except pytesseract.TesseractNotFoundError:
            raise InputError(
                "tesseract is not installed; install it (Debian: tesseract-ocr), or leave it out of ocr.engines"
            ) from None
        self._languages = installed_languages()
        self._languages.check(self._params.language.split("+"))

    def versions(self) -> dict[str, str]:
        """Program and wrapper versions, and the hashes of the languages' files."""
        return self._versions

    @cached_property
    def _versions(self) -> dict[str, str]:
        hashes = self._languages.hashes(self._params.language.split("+"))
        return {"tesseract": self._version, "pytesseract": version("pytesseract"), **hashes}

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

    def read_prepared(self, prepared: Sequence[Prepared]) -> list[Read]:
        """Read words with one Tesseract process: starting it takes as long as reading a small photo."""
        pages = [(each,) if isinstance(each, Page) else each for each in prepared]
        lines = self._read_alike([_of_kind(each, LinePage) for each in pages], _LINES_ONLY)
        photos = self._read_alike([_of_kind(each, Page) for each in pages], self._params.page_segmentation)
        return [_together(*both) for both in zip(lines, photos, strict=True)]

    def _read_alike(self, photos: Sequence[_Pages], segmentation: int) -> list[Read]:
        """Read the pages of photos that are segmented alike."""
        if not any(photos):
            return [[] for _ in photos]
        try:
            read = iter(self._read([page for pages in photos for page in pages], segmentation))
            return [[word for _ in pages for word in next(read)] for pages in photos]
        except OcrError as error:
            if len(photos) == 1:
                return [error]
        # Read them one by one to find out which photo failed.
        return [read for pages in photos for read in self._read_alike([pages], segmentation)]

    def _read(self, pages: _Pages, segmentation: int) -> list[list[Word]]:
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
                    config=f"--psm {segmentation} {self._options}",
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
            word = self._word(row[1:], pages[number])
            if word is not None:
                words[number].append(word)
        return words

    def _word(self, row: tuple[Any, ...], page: Page | LinePage) -> Word | None:
        """Convert a row of Tesseract's table to the photo's pixels; None without text or with low confidence."""
        text, left, top, width, height, percent = row
        confidence = float(percent) / 100.0
        if not text.strip() or confidence < self._params.min_confidence:
            return None
        box, angle = page.on_photo(Box(left, top, left + width, top + height))
        return Word(text.strip(), box, confidence, angle, self.name)


class TesseractOnLines(TesseractEngine):
    """Reads again the lines that another engine found and that may hold a quantity.

    This takes a fifth to two fifths of the time of whole photos, and Tesseract reads straightened lines better. It gets
    the whole photo where the other engine failed, and where it found next to nothing and may have missed something.
    """

    def prepare_lines(self, image: RgbImage, lines: Sequence[Word]) -> tuple[Page | LinePage, ...]:
        """Cut the lines out of an upright RGB photo."""
        cut = line_pages(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8), lines)
        return (*cut, self.prepare(image)) if len(lines) <= _FEW_LINES else cut


def _of_kind(pages: _Pages, kind: type[Page] | type[LinePage]) -> _Pages:
    return [page for page in pages if isinstance(page, kind)]


def _together(lines: Read, photo: Read) -> Read:
    """Return the words of lines, and those that only the whole photo has."""
    if isinstance(lines, OcrError):
        return lines
    if isinstance(photo, OcrError):
        return photo
    _, is_new = kept_words([lines, photo], _SAME_PLACE)
    return [*lines, *(word for word, keep in zip(photo, is_new, strict=True) if keep)]
