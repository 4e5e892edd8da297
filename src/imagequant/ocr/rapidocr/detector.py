"""Detection and cropping of text lines with PP-OCR."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from imagequant.ocr.engine import RgbImage
from imagequant.ocr.rapidocr.boxes import Quads, reading_order, text_quads
from imagequant.ocr.rapidocr.inference import OpenVinoModel, whole_steps

# Crops with at least this ratio of height to width are vertical lines and are rotated.
UPRIGHT_RATIO = 1.5
# The network needs multiples of 32; larger steps mean fewer shapes to compile it for.
_STEP = 128


def usual_shape(side: int) -> tuple[int, int]:
    """Return the height and width of the input for most photos, which are about square."""
    return whole_steps(side, _STEP), whole_steps(side, _STEP)


class LineDetector:
    """PP-OCR's detector with limited input size; it never enlarges images."""

    def __init__(
        self,
        model: OpenVinoModel,
        to_log_odds: Callable[[NDArray[np.float32]], NDArray[np.float32]],
        side: int,
        box_threshold: float,
    ) -> None:
        self.model = model
        self._to_log_odds = to_log_odds
        self._side = side
        self._box_threshold = box_threshold

    def detect(self, image: RgbImage) -> Quads:
        """Find lines of text on a BGR image (height, width, 3).

        Returns:
            float32 (lines, 4, 2): corners in pixels, clockwise from the upper left, lines from top to bottom.
        """
        height, width = image.shape[:2]
        scale = min(self._side / max(height, width), 1.0)
        inner = (max(round(width * scale), 1), max(round(height * scale), 1))
        resized = image if scale == 1.0 else cv2.resize(image, inner)
        right, below = (whole_steps(length, _STEP) - length for length in inner)
        # Replicate the border: the network looks at the whole picture, and grey padding makes it split lines.
        padded = cv2.copyMakeBorder(resized, 0, below, 0, right, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
        quads = text_quads(self._to_log_odds(self.model(padded[None])[0]), self._box_threshold) / scale
        quads = np.clip(np.round(quads), 0, (width - 1, height - 1)).astype(np.float32)
        kept = (np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1) > 3) & (
            np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1) > 3
        )
        quads = quads[kept]
        ordered: Quads = quads[reading_order(quads)]
        return ordered


def cut_line(image: RgbImage, quad: NDArray[np.float32]) -> RgbImage:
    """Crop and straighten a quad; vertical lines are rotated by 90 degrees counterclockwise."""
    width = int(max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[2] - quad[3])))
    height = int(max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2])))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    crop = cv2.warpPerspective(
        image,
        cv2.getPerspectiveTransform(quad, target),
        (width, height),
        borderMode=cv2.BORDER_REPLICATE,
        flags=cv2.INTER_CUBIC,
    )
    turned = np.rot90(crop) if height >= UPRIGHT_RATIO * width else crop
    return np.ascontiguousarray(turned, dtype=np.uint8)
