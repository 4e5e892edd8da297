"""Wide, joined and foreign characters become the usual ones, and places stay those of the original text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagequant.quantity.grammar import Context, bare_numbers, parse_quantities
from imagequant.quantity.plain_text import plain, plain_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("５００ｇ　Ｎｅｔ", "500g Net"),
        ("㎖ ㎏ ㎝ ℓ ㏄", "ml kg cm l cc"),
        ("㍑ ㌘ ㍉", "リットル グラム ミリ"),
        ("ｸﾞﾗﾑ", "グラム"),
        ("℃ ℉", "°C °F"),
        ("٥٠٠٫٥", "500.5"),
        ("५००", "500"),
        ("ﬂ oz", "fl oz"),
        ("㎧", "m/s"),
        ("e\u0301", "é"),
        ("\u2126", "Ω"),
        # These mean something else in plain characters.
        ("m² ㎡ ㎥", "m² m² m³"),
        ("5½ ¼", "5½ ¼"),
        ("″ ′ … ´ º ™ ①", "″ ′ … ´ º ™ ①"),
    ],
)
def test_forms(text, expected):
    assert plain(text) == expected


@given(st.text(max_size=40))
def test_places_are_those_of_the_original(text):
    read = plain_text(text)
    assert len(read.text) == len(read.starts) == len(read.ends)
    assert list(read.starts) == sorted(read.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(read.starts, read.ends, strict=True))


@given(st.text(max_size=40))
def test_what_is_plain_stays(text):
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(max_codepoint=0x7F), max_size=40))
def test_ascii_stays(text):
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "value", "unit", "place"),
    [
        ("内容量 ５００ｇ（約）", 500, "gram", "５００ｇ"),
        ("Net 330㎖ can", 330, "millilitre", "330㎖"),
        ("1½ ℓ", 1.5, "litre", "1½ ℓ"),
        ("㍑ 2㍑!", 2, "litre", "2㍑"),
        ("500ｸﾞﾗﾑ×", 500, "gram", "500ｸﾞﾗﾑ"),
        ("e\u0301goutte\u0301 250 g.", 250, "gram", "250 g"),
        ("ﬁt 12 ﬂ oz", 12, "fluid ounce", "12 ﬂ oz"),
        ("-5℃", -5, "degree celsius", "-5℃"),
        ("25 ㎡", 25, "square metre", "25 ㎡"),
    ],
)
def test_quantities_lie_where_they_are_printed(text, value, unit, place):
    (mention,) = parse_quantities(text, Context())
    assert (mention.value, mention.unit, text[mention.start : mention.end]) == (value, unit, place)


def test_bare_numbers_lie_where_they_are_printed():
    text = "㍑ ＷＸ ３５０"
    (number,) = bare_numbers(text)
    assert (number.value, text[number.start : number.end]) == (350, "３５０")


def test_no_form_of_a_character_grows_without_bounds():
    longest = max(
        (chr(code) for code in range(0x110000) if unicodedata.decomposition(chr(code))), key=lambda c: len(plain(c))
    )
    assert len(plain(longest)) < 20
