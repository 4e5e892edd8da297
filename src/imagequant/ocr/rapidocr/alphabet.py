"""The recogniser's alphabet, cut down to what quantities and the words around them are written with.

Of the 18 709 characters that PP-OCRv6 knows, 15 908 are Chinese. Scoring them all takes a fifth of the recogniser's
time (a third in bfloat16), and a quantity is read without them: units and cue words use a few dozen.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from imagequant.ocr.rapidocr.graph import nearest_before

_BLANK = 0
# What units, cue words and notes about units are written with in Chinese and Japanese.
_CHINESE = frozenset("伏克公净分功千升压厘厚含容宽寸尺径承斤毫深率瓦电直米重量长高单単位")


@dataclass(frozen=True)
class Alphabet:
    """Which symbols of the recogniser's output are kept: ``symbols[0]`` is CTC's blank, the others ``characters``."""

    symbols: tuple[int, ...]
    characters: tuple[str, ...]


def read_alphabet(model: ov.Model) -> Alphabet:
    """The symbols of a PP-OCR recogniser to keep, from the list of characters that its ONNX file carries."""
    # The space, which the list leaves out, comes last.
    known = [*model.get_rt_info()["framework"]["character"].value.splitlines(), " "]
    kept = [(number, text) for number, text in enumerate(known, start=1) if is_kept(text)]
    return Alphabet((_BLANK, *(number for number, _ in kept)), tuple(text for _, text in kept))


def is_kept(text: str) -> bool:
    """Whether a symbol is other than Chinese, or one that units or cue words are written with."""
    return all(character in _CHINESE or not unicodedata.name(character, "").startswith("CJK") for character in text)


def with_alphabet(model: ov.Model, alphabet: Alphabet) -> ov.Model:
    """The recogniser with only these symbols as its output: columns are taken from its last layer's weights."""
    symbols = ops.constant(np.array(alphabet.symbols, dtype=np.int64))
    scores = nearest_before(model.output(0).node.input_value(0), "Add")
    product, bias = (value.node for value in scores.input_values())
    states, weights = product.input_values()
    chosen = ops.matmul(states, ops.gather(weights, symbols, ops.constant(1)), False, False)
    return ov.Model(
        [ops.softmax(ops.add(chosen, ops.gather(bias, symbols, ops.constant(0))), 2)], model.get_parameters()
    )
