"""What every OCR engine offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from imagequant.core.errors import InputError
from imagequant.core.records import Word

RgbImage = NDArray[np.uint8]


class OcrError(InputError):
    """An engine could not read one photo; the photo becomes a row with this reason."""


# The words of one photo in the engine's own order, boxes in pixels of what it was given; or why there are none.
Read = list[Word] | OcrError


class OcrEngine(Protocol):
    """Reads the words of photos: each is prepared while its pixels are at hand, then several are read at once.

    What is prepared is small beside the photo, so that those that wait for each other take little memory.
    """

    @property
    def name(self) -> str:
        """What ``ocr.engines`` calls it."""
        ...

    def versions(self) -> dict[str, str]:
        """Whatever a result depends on beside image and parameters: program, model and code versions."""
        ...

    def prepare(self, image: RgbImage) -> Any:
        """What the engine needs of an upright RGB photo of shape (height, width, 3)."""
        ...

    def read_prepared(self, prepared: Sequence[Any]) -> list[Read]:
        """Reads photos that were prepared; one that cannot be read is no other's failure."""
        ...


class OneByOne:
    """The two steps of an engine that wins nothing by reading several photos at once: all is done in the first."""

    def read(self, image: RgbImage) -> list[Word]:
        """Reads an upright RGB photo of shape (height, width, 3).

        Raises:
            OcrError: If this photo cannot be read (time-out, engine failure).
        """
        raise NotImplementedError

    def prepare(self, image: RgbImage) -> Read:
        """Reads the photo."""
        try:
            return self.read(image)
        except OcrError as error:
            return error

    def read_prepared(self, prepared: Sequence[Read]) -> list[Read]:
        """What was read."""
        return list(prepared)
