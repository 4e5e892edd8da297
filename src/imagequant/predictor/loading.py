"""Loads the parts of a model, as far as they are installed here."""

from __future__ import annotations

import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pytesseract

from imagequant.core.errors import Notice
from imagequant.model.bundle import BACKBONE_ONNX, Bundle
from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor
from imagequant.ocr.read import Reader
from imagequant.params import OcrEngineName, OcrParams


def load_reader(params: OcrParams, kept: Path | None) -> Reader:
    """Load the OCR engines that are installed."""
    return Reader.build(replace(params, engines=installed_engines(params)), kept)


def installed_engines(params: OcrParams) -> tuple[OcrEngineName, ...]:
    """Return a model's OCR engines, without Tesseract if it is not installed and not the only one.

    A warning (``Notice``) says what is missing.
    """
    others = tuple(name for name in params.engines if name != "tesseract")
    if not others or others == params.engines or shutil.which(pytesseract.pytesseract.tesseract_cmd):
        return params.engines
    notice = f"tesseract is not installed: {', '.join(others)} reads alone, which finds a little less"
    warnings.warn(notice, Notice, stacklevel=1)
    return others


def load_extractor(bundle: Bundle, kept: Path | None) -> OpenVinoExtractor | None:
    """Load a model's CNN; None if it was trained without one."""
    if not bundle.model.network.use_cnn:
        return None
    return OpenVinoExtractor(bundle.folder / BACKBONE_ONNX, bundle.reading.cnn_precision, kept)
