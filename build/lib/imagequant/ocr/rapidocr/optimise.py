"""Optimisation of PP-OCR's networks if their graphs are known."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from imagequant.ocr.rapidocr.rewriting.alphabet import read_characters, reduce_alphabet, with_alphabet
from imagequant.ocr.rapidocr.rewriting.detector_body import (
    with_convolved_halves,
    with_means_first,
    with_scaled_residuals,
)
from imagequant.ocr.rapidocr.rewriting.detector_head import spread_out, with_plain_head
from imagequant.ocr.rapidocr.rewriting.graph import UnknownGraphError

# Minimum distance of probabilities from 0 and 1.
_CLIP = 1e-7


@dataclass(frozen=True)
class Network:
    """A network and the meaning of its output.

    Attributes:
        model: The network, from pixels to one array.
        characters: A recogniser's output symbols after CTC's blank; empty for a detector.
        to_log_odds: Converts a detector's output for one image to log odds of text, float32 (height, width).
    """

    model: ov.Model
    characters: tuple[str, ...]
    to_log_odds: Callable[[NDArray[np.float32]], NDArray[np.float32]]


def optimise(model: ov.Model) -> Network:
    """Return a cheaper equivalent of one of PP-OCR's networks.

    Unknown graphs, such as those of new releases, are used as they are. The argument is not changed.
    """
    characters = read_characters(model)
    try:
        if characters:
            alphabet = reduce_alphabet(characters)
            return Network(with_alphabet(model.clone(), alphabet), alphabet.characters, log_odds)
        body = with_means_first(with_convolved_halves(with_scaled_residuals(model.clone())))
        return Network(with_plain_head(body), (), spread_out)
    except UnknownGraphError as problem:
        name = "recogniser" if characters else "detector"
        print(f"ocr: unknown {name} network ({problem}); it runs without our optimisations", file=sys.stderr)
        return Network(model, characters, log_odds)


def log_odds(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the log odds of a detector's own output, float32 (1, height, width), as (height, width)."""
    clipped = np.clip(probabilities[0], _CLIP, 1 - _CLIP)
    odds: NDArray[np.float32] = np.log(clipped / (1 - clipped))
    return odds
