"""Numbers under text keys: what a dictionary would give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imagequant.storage.lookup import Lookup, digest


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 2**40))), st.text(max_size=3))
def test_answers_as_a_dictionary_does(pairs, other):
    lookup = Lookup.from_pairs((digest(key), number) for key, number in pairs)
    known = dict(pairs)
    for key in (*known, other):
        assert lookup.get(digest(key)) == known.get(key)


def test_keys_of_several_texts_are_told_apart():
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("", "abc"), digest("abc", "")}) == 5
    assert len(digest("ab", "c")) == 16


def test_zeros_at_the_end_of_a_digest_count():
    # Arrays of bytes leave them out when they are shown.
    zeros, one = b"\0" * 16, b"\1" + b"\0" * 15
    lookup = Lookup.from_pairs([(one, 1), (zeros, 0)])
    assert (lookup.get(zeros), lookup.get(one), lookup.get(b"\2" + zeros[1:])) == (0, 1, None)
