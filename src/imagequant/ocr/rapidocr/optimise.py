"""Optimisation of PP-OCR's networks if their graphs are known."""

import sys
from collections.abc import Callable, Collection
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
from imagequant.ocr.rapidocr.rewriting.same_sums import with_same_sums

# Minimum distance of probabilities from 0 and 1.
_CLIP = 1e-7


@dataclass(frozen=True)
class Network:
    """A network and the meaning of its output.

    Attributes:
        model: The network, from pixels to one array.
        characters: A recogniser's output symbols after CTC's blank; empty for a detector.
        convert: Converts the output for one image: a detector's to log odds of text, float32 (height, width); a
            recogniser's to the symbols' probabilities, float32 (steps, symbols).
    """

    model: ov.Model
    characters: tuple[str, ...]
    convert: Callable[[NDArray[np.float32]], NDArray[np.float32]]


def optimise(model: ov.Model, scripts: Collection[str] = ("all",)) -> Network:
    """Return a cheaper equivalent of one of PP-OCR's networks.

    Unknown graphs, such as those of new releases, are used as they are.

    Args:
        model: The network; it is not changed.
        scripts: Those that a recogniser reads (see ``RapidOcrParams.scripts``).
    """
    characters = read_characters(model)
    try:
        if characters:
            alphabet = reduce_alphabet(characters, scripts)
            reader = with_same_sums(with_alphabet(model.clone(), alphabet))
            return Network(reader, alphabet.characters, probabilities)
        body = with_means_first(with_convolved_halves(with_scaled_residuals(with_same_sums(model.clone()))))
        return Network(with_plain_head(body), (), spread_out)
    except UnknownGraphError as problem:
        name = "recogniser" if characters else "detector"
        print(
            f"ocr: unknown {name} network ({problem}); it runs without our optimisations, and last digits depend on"
            " the processor",
            file=sys.stderr,
        )
        return Network(model, characters, first if characters else log_odds)


def first(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a recogniser's own output for one line, which are probabilities."""
    only: NDArray[np.float32] = outputs[0]
    return only


def probabilities(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the softmax of one line's scores, float32 (1, steps, symbols); OpenVINO's differs between processors."""
    powers = np.exp(scores[0] - scores[0].max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def log_odds(own: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the log odds of a detector's own output: probabilities, float32 (1, height, width)."""
    clipped = np.clip(own[0], _CLIP, 1 - _CLIP)
    odds: NDArray[np.float32] = np.log(clipped / (1 - clipped))
    return odds
