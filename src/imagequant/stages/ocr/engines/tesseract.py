"""Tesseract through pytesseract."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path

import cv2
import pytesseract

from imagequant.errors import InputError
from imagequant.params import TesseractParams
from imagequant.records import Box, Word
from imagequant.stages.ocr.engines.base import OcrError, RgbImage


class TesseractEngine:
    """One Tesseract process a photo; words, not lines."""

    name = "tesseract"

    def __init__(self, params: TesseractParams) -> None:
        self._params = params
        try:
            self._version = str(pytesseract.get_tesseract_version())
        except pytesseract.TesseractNotFoundError:
            raise InputError(
                "ocr.engines: tesseract is not installed; `make setup` installs it, or leave it out of ocr.engines"
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

    def read(self, image: RgbImage) -> list[Word]:
        """Reads words.

        Raises:
            OcrError: If Tesseract fails or takes longer than ``ocr.tesseract.timeout``.
        """
        scale = max(1.0, self._params.upscale_to / max(image.shape[:2]))
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if scale > 1.0:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
            # A path costs half of what an array costs pytesseract, and PGM is written without compression.
            path = Path(folder) / "photo.pgm"
            cv2.imwrite(str(path), grey)
            try:
                fields = pytesseract.image_to_data(
                    str(path),
                    lang=self._params.language,
                    config=f"--psm {self._params.page_segmentation} --dpi 150 -c thresholding_method=0",
                    output_type=pytesseract.Output.DICT,
                    timeout=self._params.timeout,
                )
            except pytesseract.TesseractError as error:
                raise OcrError(f"tesseract failed: {' '.join(str(error).split())}") from None
            except RuntimeError:  # pytesseract's way of saying that the time ran out
                raise OcrError(f"tesseract took longer than {self._params.timeout:g} s") from None
        columns = (fields[name] for name in ("text", "left", "top", "width", "height", "conf"))
        return [
            Word(
                text.strip(),
                Box(left / scale, top / scale, (left + width) / scale, (top + height) / scale),
                float(confidence) / 100.0,
                0,
                self.name,
            )
            for text, left, top, width, height, confidence in zip(*columns, strict=True)
            if text.strip() and float(confidence) / 100.0 >= self._params.min_confidence
        ]
