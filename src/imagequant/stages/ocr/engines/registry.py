"""Engines by the names ``ocr.engines`` uses."""

from __future__ import annotations

from imagequant.params import OcrEngineName, OcrParams
from imagequant.stages.ocr.engines.base import OcrEngine


def build_engine(name: OcrEngineName, params: OcrParams) -> OcrEngine:
    """Makes an engine; each one's libraries are imported only when it is asked for.

    Raises:
        InputError: If what the engine needs is not installed.
    """
    match name:
        case "rapidocr":
            from imagequant.stages.ocr.engines.rapid import RapidOcrEngine  # noqa: PLC0415

            return RapidOcrEngine(params.rapidocr)
        case "tesseract":
            from imagequant.stages.ocr.engines.tesseract import TesseractEngine  # noqa: PLC0415

            return TesseractEngine(params.tesseract)
        case "google_vision":
            from imagequant.stages.ocr.engines.google_vision import GoogleVisionEngine  # noqa: PLC0415

            return GoogleVisionEngine(params.google_vision)
