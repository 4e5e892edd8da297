"""RapidOCR (PP-OCRv6 small, models inside the package) on OpenVINO."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr import EngineType, RapidOCR
from rapidocr.ch_ppocr_rec.main import TextRecognizer
from rapidocr.main import RapidOCRError

from imagequant.params import RapidOcrParams
from imagequant.records import Box, Word
from imagequant.stages.ocr.engines.base import RgbImage
from imagequant.stages.ocr.engines.margins import without_margins
from imagequant.stages.ocr.engines.recogniser import LineRecogniser

# RapidOCR turns crops this much taller than wide by 90 degrees before it reads them.
_UPRIGHT_RATIO = 1.5
# Enlarging further than this shows detection nothing but blur.
_MAX_ENLARGEMENT = 2.0


class RapidOcrEngine:
    """Detection at a limited size, so without the photo's empty margins; recognition at full size. Lines, not words."""

    name = "rapidocr"

    def __init__(self, params: RapidOcrParams) -> None:
        self._params = params
        self._ocr = RapidOCR(params=_configuration(params))
        self._recogniser = LineRecogniser(_loaded_recogniser(self._ocr), params.reread_below)

    def versions(self) -> dict[str, str]:
        """Package versions and the hashes of the model files."""
        folder = Path(rapidocr.__file__).parent / "models"
        models = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.onnx"))}
        return {"rapidocr": version("rapidocr"), "openvino": version("openvino"), **models}

    def read(self, image: RgbImage) -> list[Word]:
        """Reads lines; a photo without text gives an empty list."""
        left, top, content = without_margins(image)
        bgr = cv2.cvtColor(content, cv2.COLOR_RGB2BGR)
        # Detection never enlarges by itself; small photos have small print, which it then misses.
        scale = min(max(self._params.detection_side / max(bgr.shape[:2]), 1.0), _MAX_ENLARGEMENT)
        if scale > 1.0:
            bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        try:
            crops, detected = self._ocr.detect_and_crop(bgr, {})
        except RapidOCRError:
            return []  # its way of saying that there is no text
        quads: NDArray[np.float32] = np.asarray(detected.boxes)
        return [
            Word(
                reading.line.text,
                _box(quad / scale + (left, top)),
                reading.line.confidence,
                _angle(quad, reading.turn),
                self.name,
                reading.line.alternatives,
            )
            for quad, reading in zip(quads, self._recogniser.read(crops), strict=True)
            if reading.line.text.strip() and reading.line.confidence >= self._params.text_threshold
        ]


def _loaded_recogniser(ocr: RapidOCR) -> TextRecognizer:
    """RapidOCR loads its models when they are first used."""
    ocr.recognize_txt([np.zeros((48, 48, 3), dtype=np.uint8)])
    return cast("TextRecognizer", ocr.text_rec)


def _configuration(params: RapidOcrParams) -> dict[str, Any]:
    return {
        "Global.log_level": "error",
        "Global.use_vertical_padding": False,
        "Det.engine_type": EngineType.OPENVINO,
        "Rec.engine_type": EngineType.OPENVINO,
        "Det.limit_type": "max",
        "Det.limit_side_len": params.detection_side,
        "Det.box_thresh": params.box_threshold,
        # Stages run one process a core. Pinned, OpenVINO would bind every process to the first core.
        "EngineConfig.openvino.inference_num_threads": 1,
        "EngineConfig.openvino.enable_cpu_pinning": "NO",
    }


def _box(quad: NDArray[np.float32]) -> Box:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))


def _angle(quad: NDArray[np.float32], turn: int) -> int:
    """The reading direction (see ``Word.angle``) of a quad given clockwise from its upper left corner.

    Args:
        quad: float32 (4, 2) corners in pixels.
        turn: How far its crop was turned counterclockwise to be read, beyond what RapidOCR did.
    """
    across = float(np.linalg.norm(quad[1] - quad[0]))
    down = float(np.linalg.norm(quad[3] - quad[0]))
    if down >= _UPRIGHT_RATIO * across:
        return (90 + turn) % 360
    slope = np.degrees(np.arctan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0]))
    return int(round(slope) + turn) % 360
