"""RapidOCR (PP-OCRv6 small, models inside the package) on OpenVINO."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr import EngineType, RapidOCR
from rapidocr.main import RapidOCRError

from imagequant.params import RapidOcrParams
from imagequant.records import Box, Word
from imagequant.stages.ocr.engines.base import OcrError, RgbImage

# RapidOCR turns crops this much taller than wide by 90 degrees before it reads them.
_UPRIGHT_RATIO = 1.5
# Its classifier turns a line by 180 degrees only when it is surer than this of the label "180".
_TURN_CONFIDENCE = 0.9


class RapidOcrEngine:
    """Detection at a limited size, recognition from the photo given; lines, not words."""

    name = "rapidocr"

    def __init__(self, params: RapidOcrParams) -> None:
        self._params = params
        self._ocr = RapidOCR(params=_configuration(params))

    def versions(self) -> dict[str, str]:
        """Package versions and the hashes of the model files."""
        folder = Path(rapidocr.__file__).parent / "models"
        models = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.onnx"))}
        return {"rapidocr": version("rapidocr"), "openvino": version("openvino"), **models}

    def read(self, image: RgbImage) -> list[Word]:
        """Reads lines; a photo without text gives an empty list."""
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        scale = self._params.detection_side / max(bgr.shape[:2])
        if scale > 1.0:
            # Detection never enlarges by itself; small photos have small print, which it then misses.
            bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        else:
            scale = 1.0
        try:
            crops, detected = self._ocr.detect_and_crop(bgr, {})
        except RapidOCRError:
            return []  # its way of saying that there is no text
        upright, turned = self._ocr.cls_and_rotate(crops)
        recognised = self._ocr.recognize_txt(upright)
        boxes, directions, texts, scores = detected.boxes, turned.cls_res, recognised.txts, recognised.scores
        if boxes is None or directions is None or texts is None or scores is None:
            raise OcrError("rapidocr found text but recognised none of it")
        return [
            Word(text, _box(quad / scale), float(score), _angle(quad, _is_turned(*direction)), self.name)
            for quad, direction, text, score in zip(boxes, directions, texts, scores, strict=True)
            if text.strip() and score >= self._params.text_threshold
        ]


def _configuration(params: RapidOcrParams) -> dict[str, Any]:
    return {
        "Global.log_level": "error",
        "Global.use_vertical_padding": False,
        "Det.engine_type": EngineType.OPENVINO,
        "Cls.engine_type": EngineType.OPENVINO,
        "Rec.engine_type": EngineType.OPENVINO,
        "Det.limit_type": "max",
        "Det.limit_side_len": params.detection_side,
        "Det.box_thresh": params.box_threshold,
        "Cls.cls_thresh": _TURN_CONFIDENCE,
        # Stages run one process a core.
        "EngineConfig.openvino.inference_num_threads": 1,
    }


def _is_turned(label: str, confidence: float) -> bool:
    return label == "180" and confidence > _TURN_CONFIDENCE


def _box(quad: NDArray[np.float32]) -> Box:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))


def _angle(quad: NDArray[np.float32], turned: bool) -> int:
    """The reading direction (see ``Word.angle``) of a quad given clockwise from its upper left corner."""
    across = float(np.linalg.norm(quad[1] - quad[0]))
    down = float(np.linalg.norm(quad[3] - quad[0]))
    if down >= _UPRIGHT_RATIO * across:
        return 270 if turned else 90
    slope = np.degrees(np.arctan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0]))
    return int(round(slope) + (180 if turned else 0)) % 360
