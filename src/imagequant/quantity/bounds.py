"""Words and signs that make an amount a limit: "up to 150 kg", "≥ 5 V", "min. 10 cm", "100+ pcs"."""

import re
from typing import Literal

Bound = Literal["", "up to", "at least"]

_UP_TO = (
    r"up to|max(?:imum|imal|imo|\.)?:?|no(?:t)? more than|less than|bis(?: zu)?|höchstens|jusqu['’](?:à|a)|hasta|"
    r"fino a|até|tot|upp till|högst|en fazla|maks(?:imum|ymalnie|\.)?:?|до|не более|макс(?:имум|\.)?:?|最大|最高|"
    r"最多|최대|[≤<]=?"
)
_AT_LEAST = (
    r"at least|min(?:imum|imo|dest|\.)?:?|more than|starting at|mindestens|ab|à partir de|au moins|desde|al menos|"
    r"almeno|a partir de|vanaf|ten minste|minst|en az|co najmniej|не менее|мин(?:имум|\.)?:?|最小|最低|至少|최소|[≥>]=?"
)
_BEFORE = re.compile(
    rf"(?:(?<![^\W\d_\u3040-\u30ff\u3400-\u9fff])(?:(?P<up>{_UP_TO})|(?P<least>{_AT_LEAST})))\s{{0,2}}$", re.IGNORECASE
)
_AFTER = re.compile(
    r"\s{0,2}[(,]?\s?(?:(?P<up>max(?:imum|\.)?|or less|and under|ou moins|o menos|以下|以内|이하)|"
    r"(?P<least>min(?:imum|\.)|or more|and up|and over|ou plus|o más|以上|이상|\+))(?![\w/])",
    re.IGNORECASE,
)
_REACH = 18


def bound_around(text: str, at: int, start: int, end: int) -> Bound:
    """Return how the amount ``text[start:end]`` is limited by what stands right before or after it.

    Args:
        text: A line of text.
        at: Start of the text that belongs to this amount.
        start: Start of the amount.
        end: End of the amount.
    """
    match = _BEFORE.search(text, max(at, start - _REACH), start) or _AFTER.match(text, end)
    if match is None:
        return ""
    return "up to" if match["up"] else "at least"
