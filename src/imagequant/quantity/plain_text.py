"""Text as the grammar reads it: wide, joined and foreign forms of characters replaced by the usual ones.

This is Unicode's NFKC, except where that changes an amount: ``m²`` stays an area (not ``m2``), ``5½`` a mixed number
(not ``51⁄2``), ``″`` an inch mark, and ``º`` a degree sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it would load numpy, and parameters must load before that
    from imagequant.core.records import Mention

# Tags of Unicode's decompositions that say how a character is drawn: ``ｇ``, ``㎏``, ``ℓ``. Not among them are
# ``<super>``, ``<sub>``, ``<fraction>`` and ``<circle>``.
_DRAWN = frozenset(("<wide>", "<narrow>", "<square>", "<font>", "<noBreak>", "<small>", "<vertical>", "<initial>",
                    "<medial>", "<final>", "<isolated>"))  # fmt: skip
# The marks of Arabic numbers, the slash within ``㎧``, and the hyphen that is no minus.
_SIGNS = {"٫": ".", "٬": ",", "∕": "/", "‐": "-"}


@dataclass(frozen=True)
class PlainText:
    """A plain text, and where on the original one each of its characters starts and ends."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def on_original(self, mention: Mention) -> Mention:
        """Return a mention in the plain text with its place in the original one."""
        return replace(mention, start=self.starts[mention.start], end=self.ends[mention.end - 1])


def plain_text(text: str) -> PlainText:
    """Return a text in plain characters."""
    if text.isascii():
        return PlainText(text, range(len(text)), range(1, len(text) + 1))
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(text):
        for part in _plain(character):
            joined = unicodedata.normalize("NFC", plain[-1] + part) if plain and unicodedata.combining(part) else ""
            if len(joined) == 1:
                # An accent of its own, or the mark of a half-width "ﾞ".
                plain[-1], ends[-1] = joined, place + 1
            else:
                plain.append(part)
                starts.append(place)
                ends.append(place + 1)
    return PlainText("".join(plain), starts, ends)


def plain(text: str) -> str:
    """Return a text in plain characters, for what needs no places."""
    return plain_text(text).text


@lru_cache(4096)
def _plain(character: str) -> str:
    """Return the plain form of a character, mostly itself."""
    if character.isascii():
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    tag, *codes = unicodedata.decomposition(character).split() or ("",)
    parts = "".join(chr(int(code, 16)) for code in codes)
    # Ligatures, ``℃`` and wide blanks are only "compatible"; so are ``…``, ``″`` and ``´``, which stay as they are.
    is_drawn = tag in _DRAWN or (tag == "<compat>" and (parts == " " or parts.replace("°", "").isalpha()))
    if is_drawn:
        return "".join(map(_plain, parts))
    return _SIGNS.get(character) or unicodedata.normalize("NFC", character)
