"""Loads the parts of a model, as far as they are installed here."""

from __future__ import annotations

import shutil
import sys
import warnings
from dataclasses import replace

from imagequant.core.errors import Notice
from imagequant.imaging.compilation import Compilation
from imagequant.model.bundle import BACKBONE_ONNX, Bundle
from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor
from imagequant.ocr.read import Reader
from imagequant.params import OcrEngineName, OcrParams


def load_reader(params: OcrParams, compilation: Compilation) -> Reader:
    """Load the OCR engines that are installed."""
    return Reader.build(replace(params, engines=installed_engines(params)), compilation)


def installed_engines(params: OcrParams) -> tuple[OcrEngineName, ...]:
    """Return a model's OCR engines, without Tesseract if it is not installed and not the only one.

    A warning (``Notice``) says what is missing.
    """
    others = tuple(name for name in params.engines if name != "tesseract")
    if not others or others == params.engines or shutil.which(_tesseract()):
        return params.engines
    notice = f"tesseract is not installed: {', '.join(others)} reads alone, which finds a little less"
    warnings.warn(notice, Notice, stacklevel=1)
    return others


def _tesseract() -> str:
    """Return pytesseract's program without importing it, which imports pandas if that is installed."""
    loaded = sys.modules.get("pytesseract.pytesseract")  # by whoever set another program
    return str(loaded.tesseract_cmd) if loaded else "tesseract"


def load_extractor(bundle: Bundle, compilation: Compilation) -> OpenVinoExtractor | None:
    """Load a model's CNN; None if it was trained without one."""
    if not bundle.model.network.use_cnn:
        return None
    return OpenVinoExtractor(bundle.folder / BACKBONE_ONNX, bundle.reading.cnn_precision, compilation)
