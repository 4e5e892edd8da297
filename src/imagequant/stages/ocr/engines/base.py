"""What every OCR engine offers."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imagequant.errors import InputError
from imagequant.records import Word

RgbImage = NDArray[np.uint8]


class OcrError(InputError):
    """An engine could not read one photo; the photo becomes a row with this reason."""


class OcrEngine(Protocol):
    """Reads the words of one photo."""

    @property
    def name(self) -> str:
        """What ``ocr.engines`` calls it."""
        ...

    def versions(self) -> dict[str, str]:
        """Whatever a result depends on beside image and parameters: program, model and code versions."""
        ...

    def read(self, image: RgbImage) -> list[Word]:
        """Reads an upright RGB photo of shape (height, width, 3).

        Returns:
            Words in the engine's own order, boxes in pixels of ``image``.

        Raises:
            OcrError: If this photo cannot be read (time-out, engine failure).
        """
        ...
