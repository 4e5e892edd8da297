"""Features of tokens: hashed character n-grams and geometry."""

import unicodedata
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Word
from imagequant.quantity.spelling import match_unit

NGRAM_BUCKETS = 4096  # bucket 0 is padding
NGRAMS_PER_TOKEN = 14
TOKEN_FEATURES = 11


def token_ngrams(text: str) -> NDArray[np.int64]:
    """Hash the whole token, then its 3- and 2-grams, up to ``NGRAMS_PER_TOKEN``, padded with 0.

    All digits become ``0``, so that the network cannot memorise numbers; the amount is a candidate's feature.
    """
    shape = "".join("0" if character.isdigit() else character for character in unicodedata.normalize("NFKC", text))
    marked = f"<{shape.lower()}>"
    grams = [marked] + [marked[at : at + size] for size in (3, 2) for at in range(len(marked) - size + 1)]
    hashes = [zlib.crc32(gram.encode()) % (NGRAM_BUCKETS - 1) + 1 for gram in grams[:NGRAMS_PER_TOKEN]]
    return np.array(hashes + [0] * (NGRAMS_PER_TOKEN - len(hashes)), dtype=np.int64)


def token_features(tokens: Sequence[Word], width: int, height: int, kinds: frozenset[str]) -> NDArray[np.float32]:
    """Return position, size, direction and kind of each token, about in [-1, 1]; shape (tokens, ``TOKEN_FEATURES``).

    Args:
        tokens: Tokens in reading order.
        width: The photo's width in pixels.
        height: The photo's height in pixels.
        kinds: The kinds of quantity whose units are marked.
    """
    rows = [_features(token, width, height, kinds) for token in tokens]
    return np.array(rows, dtype=np.float32).reshape(-1, TOKEN_FEATURES)


def _features(token: Word, width: int, height: int, kinds: frozenset[str]) -> list[float]:
    x, y = token.box.center
    digits = sum(character.isdigit() for character in token.text)
    across = token.box.height if token.angle in (0, 180) else token.box.width
    return [
        2 * x / width - 1,
        2 * y / height - 1,
        token.box.width / width,
        token.box.height / height,
        float(np.log1p(100 * across / max(width, height)) / 4),
        float(token.angle == 0),
        float(token.angle in (90, 270)),
        digits / max(len(token.text), 1),
        float(match_unit(token.text, 0, kinds) is not None),
        float(token.text[:1].isupper()),
        token.confidence,
    ]
