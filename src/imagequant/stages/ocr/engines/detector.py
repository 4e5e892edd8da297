"""Detection of text lines with PP-OCR: where they are, and the crops a recogniser reads."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr.ch_ppocr_det.main import TextDetector
from rapidocr.ch_ppocr_det.utils import DBPostProcess
from rapidocr.utils.process_img import get_rotate_crop_image

from imagequant.stages.ocr.engines.base import RgbImage
from imagequant.stages.ocr.engines.inference import OpenVinoModel

# RapidOCR turns crops this much taller than wide by 90 degrees.
UPRIGHT_RATIO = 1.5
# The network halves its input five times.
_STEP = 32
# As RapidOCR sets them: pixels this likely are text; a line is wider than its core by this ratio of area to outline.
_PIXEL_THRESHOLD = 0.3
_UNCLIP_RATIO = 1.6
_MOST_LINES = 1000

Quads = NDArray[np.float32]


class LineDetector:
    """PP-OCR's detector at a limited size. It never enlarges."""

    def __init__(self, model: OpenVinoModel, side: int, box_threshold: float) -> None:
        self._model = model
        self._side = side
        self._boxes = DBPostProcess(
            thresh=_PIXEL_THRESHOLD,
            box_thresh=box_threshold,
            max_candidates=_MOST_LINES,
            unclip_ratio=_UNCLIP_RATIO,
            use_dilation=True,
        )

    def detect(self, image: RgbImage) -> Quads:
        """Finds lines of text on a BGR image of shape (height, width, 3).

        Returns:
            float32 (lines, 4, 2): corners in pixels, clockwise from the upper left, lines from top to bottom.
        """
        height, width = image.shape[:2]
        scale = min(self._side / max(height, width), 1.0)
        size = (_whole_steps(width * scale), _whole_steps(height * scale))
        pixels = cv2.resize(image, size).astype(np.float32)
        quads, _ = self._boxes(self._model(pixels[None]), (height, width))
        return np.asarray(TextDetector.sorted_boxes(quads), dtype=np.float32).reshape(-1, 4, 2)


def cut_line(image: RgbImage, quad: NDArray[np.float32]) -> RgbImage:
    """The quad's part of an image, straightened; upright lines are turned by 90 degrees counterclockwise."""
    crop: RgbImage = get_rotate_crop_image(image, quad)
    return crop


def _whole_steps(length: float) -> int:
    return max(round(length / _STEP), 1) * _STEP
