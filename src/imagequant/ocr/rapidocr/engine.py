"""RapidOCR (PP-OCRv6 small, with the package's models) on OpenVINO."""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray

from imagequant.core.records import Box, Word
from imagequant.imaging.compilation import THROUGHPUT, Compilation
from imagequant.ocr.engine import OneByOne, RgbImage
from imagequant.ocr.rapidocr.detector import UPRIGHT_RATIO, LineDetector, cut_line, usual_shape
from imagequant.ocr.rapidocr.inference import OpenVinoModel
from imagequant.ocr.rapidocr.margins import without_margins
from imagequant.ocr.rapidocr.models import DETECTOR, RECOGNISER, model_path, versions
from imagequant.ocr.rapidocr.optimise import optimise
from imagequant.ocr.rapidocr.recogniser import USUAL_SHAPE, LineRecogniser
from imagequant.params import RapidOcrParams

# Enlarging further only adds blur.
_MAX_ENLARGEMENT = 2.0
# Photos with a longer side in pixels are not enlarged.
_LARGE_ENOUGH = 1000


class RapidOcrEngine(OneByOne):
    """Reads lines, not words: detection without the photo's margins at a limited size, recognition at full size."""

    name = "rapidocr"

    def __init__(self, params: RapidOcrParams, compilation: Compilation = THROUGHPUT) -> None:
        self._params = params
        # Not side by side: two threads that make their first constants for OpenVINO can wait for each other forever.
        self._detector = load_detector(params, compilation)
        self._recogniser = load_recogniser(params, compilation)
        if compilation.is_early:
            with ThreadPoolExecutor() as pool:
                list(pool.map(OpenVinoModel.compile, (self._detector.model, self._recogniser.model)))

    def versions(self) -> dict[str, str]:
        """Return package versions and the hashes of the model files."""
        return self._versions

    @cached_property
    def _versions(self) -> dict[str, str]:
        return versions()

    def read(self, image: RgbImage) -> list[Word]:
        """Read lines."""
        left, top, content = without_margins(image)
        bgr = np.asarray(cv2.cvtColor(content, cv2.COLOR_RGB2BGR), dtype=np.uint8)
        scale = enlargement(max(bgr.shape[:2]), self._params.detection_side)
        if scale > 1.0:
            bgr = np.asarray(cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
        quads = self._detector.detect(bgr)
        readings = self._recogniser.read([cut_line(bgr, quad) for quad in quads])
        return [
            Word(
                reading.line.text,
                _box(quad / scale + (left, top)),
                reading.line.confidence,
                _angle(quad, reading.turn),
                self.name,
                reading.line.alternatives,
                reading.line.centers,
            )
            for quad, reading in zip(quads, readings, strict=True)
            if reading.line.text.strip() and reading.line.confidence >= self._params.text_threshold
        ]


def enlargement(longest: int, wanted: int) -> float:
    """Return by how much to enlarge a photo: the detector does not, and would miss small photos' small print."""
    return 1.0 if longest >= _LARGE_ENOUGH else min(max(wanted / longest, 1.0), _MAX_ENLARGEMENT)


def load_detector(params: RapidOcrParams, compilation: Compilation = THROUGHPUT) -> LineDetector:
    """Return PP-OCR's detector."""
    network = optimise(ov.Core().read_model(model_path(DETECTOR)))
    model = OpenVinoModel(network.model, params.precision, usual_shape(params.detection_side), compilation)
    return LineDetector(model, network.convert, params.detection_side, params.box_threshold)


def load_recogniser(params: RapidOcrParams, compilation: Compilation = THROUGHPUT) -> LineRecogniser:
    """Return PP-OCR's recogniser."""
    network = optimise(ov.Core().read_model(model_path(RECOGNISER)), params.scripts)
    model = OpenVinoModel(network.model, params.precision, USUAL_SHAPE, compilation)
    return LineRecogniser(model, network.convert, network.characters, params.reread_below)


def _box(quad: NDArray[np.float32]) -> Box:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))


def _angle(quad: NDArray[np.float32], turn: int) -> int:
    """Return the reading direction of a line (see ``Word.angle``).

    Args:
        quad: float32 (4, 2): corners in pixels, clockwise from the upper left.
        turn: Degrees by which its crop was rotated counterclockwise to read it, in addition to ``cut_line``.
    """
    across = float(np.linalg.norm(quad[1] - quad[0]))
    down = float(np.linalg.norm(quad[3] - quad[0]))
    if down >= UPRIGHT_RATIO * across:
        return (90 + turn) % 360
    slope = np.degrees(np.arctan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0]))
    return int(round(slope) + turn) % 360
