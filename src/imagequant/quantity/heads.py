"""Heads of tables whose cells OCR joined to one line: ``Width (cm) Depth (cm) Height (cm)``, ``Size Width Height``."""

import re

from imagequant.quantity.axes import axis_noun

_WITH_UNIT = re.compile(r"[^()\[\]]{1,40}[(\[][^()\[\]]{1,12}[)\]]")
_WORD = re.compile(r"\S{1,40}")
# Words that head the column of labels.
_LABELS = frozenset(("size", "model", "item", "type", "größe", "taille", "talla", "taglia", "modell", "modelo"))


def head_cells(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each cell in a table's head; the whole text if it is one cell."""
    with_unit = [match.span() for match in _WITH_UNIT.finditer(text)]
    if len(with_unit) > 1:
        return [(start + _blanks(text[start:end]), end) for start, end in with_unit]
    words = [match.span() for match in _WORD.finditer(text)]
    nouns = [bool(axis_noun(text[start:end])) for start, end in words]
    known = [noun or text[start:end].lower() in _LABELS for noun, (start, end) in zip(nouns, words, strict=True)]
    return words if sum(nouns) > 1 and all(known) else [(0, len(text))]


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip())
