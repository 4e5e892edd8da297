"""The interface of OCR engines."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from imagequant.core.errors import InputError
from imagequant.core.records import Word

RgbImage = NDArray[np.uint8]


class OcrError(InputError):
    """An engine could not read a photo; the message becomes the reason in the photo's row."""


# The words of one photo in the engine's order, with boxes in pixels of the engine's input; or the reason for failure.
Read = list[Word] | OcrError


class OcrEngine(Protocol):
    """Reads the words of photos in two steps: each photo is prepared when it is decoded, then several are read at once.

    Prepared photos are small, so that a batch of them needs little memory.
    """

    @property
    def name(self) -> str:
        """The name in ``ocr.engines``."""
        ...

    def versions(self) -> dict[str, str]:
        """Versions of the programs and models that results depend on."""
        ...

    def prepare(self, image: RgbImage) -> Any:
        """Prepare an upright RGB photo (height, width, 3)."""
        ...

    def read_prepared(self, prepared: Sequence[Any]) -> list[Read]:
        """Read prepared photos; failures do not affect the other photos."""
        ...


@runtime_checkable
class LineChecker(OcrEngine, Protocol):
    """An engine that reads again the lines found by the first engine before it in ``ocr.engines``.

    If it comes first, or that engine could not read a photo, it is given the whole photo.
    """

    def prepare_lines(self, image: RgbImage, lines: Sequence[Word]) -> Any:
        """Prepare some lines of an upright RGB photo (height, width, 3), instead of all of it."""
        ...


class OneByOne:
    """Base of engines for which batches are not faster: everything is done in the first step."""

    def read(self, image: RgbImage) -> list[Word]:
        """Read an upright RGB photo (height, width, 3).

        Raises:
            OcrError: If the photo cannot be read (time-out, engine failure).
        """
        raise NotImplementedError

    def prepare(self, image: RgbImage) -> Read:
        """Read the photo."""
        try:
            return self.read(image)
        except OcrError as error:
            return error

    def read_prepared(self, prepared: Sequence[Read]) -> list[Read]:
        """Return the readings."""
        return list(prepared)
