"""OCR engines by their names in ``ocr.engines``."""

from imagequant.imaging.compilation import THROUGHPUT, Compilation
from imagequant.ocr.engine import OcrEngine
from imagequant.params import OcrEngineName, OcrParams


def engine_versions(name: OcrEngineName, params: OcrParams) -> dict[str, str]:
    """Return an engine's ``versions`` without loading RapidOCR's networks.

    Raises:
        InputError: If the engine is not installed.
    """
    if name == "rapidocr":
        from imagequant.ocr.rapidocr.models import versions  # noqa: PLC0415

        return versions()
    return build_engine(name, params).versions()


def build_engine(name: OcrEngineName, params: OcrParams, compilation: Compilation = THROUGHPUT) -> OcrEngine:
    """Create an engine; its libraries are imported on demand.

    Args:
        name: Which one.
        params: Section ``ocr``.
        compilation: Of its networks.

    Raises:
        InputError: If the engine is not installed.
    """
    match name:
        case "rapidocr":
            from imagequant.ocr.rapidocr.engine import RapidOcrEngine  # noqa: PLC0415

            return RapidOcrEngine(params.rapidocr, compilation)
        case "tesseract":
            from imagequant.ocr.tesseract import TesseractEngine, TesseractOnLines  # noqa: PLC0415

            return (TesseractOnLines if params.tesseract.pages == "lines" else TesseractEngine)(params.tesseract)
        case "google_vision":
            from imagequant.ocr.google_vision import GoogleVisionEngine  # noqa: PLC0415

            return GoogleVisionEngine(params.google_vision)
