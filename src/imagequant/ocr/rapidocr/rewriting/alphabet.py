"""The recogniser's alphabet, reduced to some scripts.

Of the 18 709 characters that PP-OCRv6 knows, 15 908 are ideographs. Scoring them all takes a fifth of the recogniser's
time (a third in bfloat16). Units and the words around quantities need only a few hundred of them.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from imagequant.ocr.rapidocr.rewriting.graph import constant, follow_back, require
from imagequant.ocr.rapidocr.rewriting.scripts import is_in_scripts

_BLANK = 0
_HEAD = ("Softmax", "Add", "MatMul")


@dataclass(frozen=True)
class Alphabet:
    """The output symbols to keep: ``symbols[0]`` is CTC's blank, the others are ``characters``."""

    symbols: tuple[int, ...]
    characters: tuple[str, ...]


def read_characters(model: ov.Model) -> tuple[str, ...]:
    """Return the characters of a recogniser's output without CTC's blank; empty for other networks.

    They are listed in PP-OCR's ONNX files, except for the space, which comes last.
    """
    info = model.get_rt_info()
    if "framework" not in info:
        return ()
    return (*info["framework"]["character"].value.splitlines(), " ")


def reduce_alphabet(characters: tuple[str, ...], scripts: Collection[str]) -> Alphabet:
    """Return the symbols of some scripts (see ``RapidOcrParams.scripts``)."""
    kept = [(number, text) for number, text in enumerate(characters, start=1) if is_in_scripts(text, scripts)]
    return Alphabet((_BLANK, *(number for number, _ in kept)), tuple(text for _, text in kept))


def with_alphabet(model: ov.Model, alphabet: Alphabet) -> ov.Model:
    """Return the recogniser with only these symbols' scores as its output; their softmax are probabilities.

    Raises:
        UnknownGraphError: If the network has other last layers or fewer symbols.
    """
    _, scores, product = follow_back(model.output(0).node.input_value(0), _HEAD)
    bias, (states, weights) = scores.input_value(1), product.input_values()
    require(constant(weights).shape[1] == constant(bias).size > alphabet.symbols[-1], "expected one column per symbol")
    symbols = ops.constant(np.array(alphabet.symbols, dtype=np.int64))
    chosen = ops.matmul(states, ops.gather(weights, symbols, ops.constant(1)), False, False)
    return ov.Model([ops.add(chosen, ops.gather(bias, symbols, ops.constant(0)))], model.get_parameters())
