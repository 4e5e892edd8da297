"""Engines by the names ``ocr.engines`` uses."""

from __future__ import annotations

from imagequant.ocr.engine import OcrEngine
from imagequant.params import OcrEngineName, OcrParams


def engine_versions(name: OcrEngineName, params: OcrParams) -> dict[str, str]:
    """Returns what ``OcrEngine.versions`` of an engine returns, without loading RapidOCR's networks for it.

    Raises:
        InputError: If what the engine needs is not installed.
    """
    if name == "rapidocr":
        from imagequant.ocr.rapidocr.models import versions  # noqa: PLC0415

        return versions()
    return build_engine(name, params).versions()


def build_engine(name: OcrEngineName, params: OcrParams) -> OcrEngine:
    """Makes an engine; each one's libraries are imported only when it is asked for.

    Raises:
        InputError: If what the engine needs is not installed.
    """
    match name:
        case "rapidocr":
            from imagequant.ocr.rapidocr.engine import RapidOcrEngine  # noqa: PLC0415

            return RapidOcrEngine(params.rapidocr)
        case "tesseract":
            from imagequant.ocr.tesseract import TesseractEngine  # noqa: PLC0415

            return TesseractEngine(params.tesseract)
        case "google_vision":
            from imagequant.ocr.google_vision import GoogleVisionEngine  # noqa: PLC0415

            return GoogleVisionEngine(params.google_vision)
