"""The ledger: links in order, what they came to, and shards, whatever the number of links."""

from __future__ import annotations

from collections import Counter

import pytest

from imagequant.fetch.links import resolve_link
from imagequant.fetch.local_files import FileState, Seen
from imagequant.fetch.outcome import Failed, Fetched
from imagequant.stages.download.ledger import Ledger
from imagequant.storage.raw import RawRow

MANY = 5000  # more than one page


def image(content: str) -> Fetched:
    return Fetched(content, 4, 3, "png", 99)


def place(row: RawRow) -> str:
    return resolve_link(row.image_link, row.origin)


@pytest.fixture
def urls():
    return [f"http://a.example/{number}.png" for number in range(MANY)]


@pytest.fixture
def ledger(workshop, urls):
    with Ledger(workshop.rows(*urls, urls[7], f"{urls[8]}#fragment"), place) as ledger:
        yield ledger


def test_links_are_distinct_by_source_and_text_and_places_by_where_they_lead(workshop, ledger, urls):
    assert list(ledger.urls()) == urls
    assert len(ledger) == MANY
    for url in urls:
        ledger.note(url, image(url))
    ledger.assign_shards(1000)
    rows = list(ledger.manifest_rows())
    assert [row.image_link for row in rows] == [*urls, f"{urls[8]}#fragment"]
    assert rows[-1].sha256 == urls[8]
    with Ledger([*workshop.rows("b", "a", "b"), *workshop.rows("b", source="other.csv")], place) as small:
        for url in list(small.urls()):
            small.note(url, Failed("missing_file", ""))
        small.assign_shards(10)
        pairs = [(row.source, row.image_link) for row in small.manifest_rows()]
    assert pairs == [("shop.csv", "b"), ("shop.csv", "a"), ("other.csv", "b")]


def test_links_may_be_noted_while_they_are_gone_through(ledger, urls):
    for number, url in enumerate(ledger.urls()):
        if number % 2:
            ledger.note(url, Failed("http_404", "Not Found"))
        else:
            ledger.note_waiting(url, "b.example" if number % 4 else "a.example")
    assert ledger.waiting_hosts() == {"a.example": MANY // 4, "b.example": MANY // 4}
    fetched = []
    for url in ledger.waiting_urls("a.example"):
        fetched.append(url)
        ledger.note(url, image("same"))
    assert fetched == urls[::4]
    assert ledger.waiting_hosts() == {"b.example": MANY // 4}


def test_failures_are_counted_by_reason_the_commonest_first(ledger, urls):
    for number, url in enumerate(urls[:6]):
        reason = ("timeout", "http_404", "http_404")[number % 3]
        ledger.note(url, Failed(reason, f"detail of {number}"))
    assert list(ledger.failures().items()) == [("http_404", 4), ("timeout", 2)]
    assert isinstance(ledger.failures(), Counter)
    assert ledger.detail("http_404") == "detail of 1"


def test_a_content_lies_once_in_the_shard_of_the_first_link_that_gave_it(workshop):
    names = [f"{letter}{number}" for number, letter in enumerate("abc-bcada")]
    with Ledger(workshop.rows(*names), place) as ledger:
        urls = list(ledger.urls())
        for name, url in zip(names, urls, strict=True):
            ledger.note(url, Failed("timeout", "") if name[0] == "-" else image(name[0]))
        assert ledger.assign_shards(3) == 3
        members = [[sha256 for sha256, _ in ledger.members(shard)] for shard in range(3)]
        assert members == [["a", "b", "c"], [], ["d"]]
        assert ledger.members(2) == [("d", urls[7])]
        assert [row.shard for row in ledger.manifest_rows()] == [0, 0, 0, -1, 0, 0, 0, 2, 0]


def test_an_empty_ledger_has_no_shards():
    with Ledger([], place) as ledger:
        assert len(ledger) == ledger.assign_shards(10) == 0
        assert list(ledger.manifest_rows()) == []


def test_what_was_seen_of_files_is_told_from_what_was_known(workshop):
    with Ledger(workshop.rows("x", "y"), place) as ledger:
        x, y = ledger.urls()
        seen = [Seen(url, FileState(1, 2, 3, 4, size), image(url)) for size, url in enumerate((x, y))]
        ledger.know(seen)
        assert ledger.known([x, "elsewhere"]) == {x: seen[0]}
        assert not ledger.saw_the_same()
        ledger.note(x, seen[0].image, seen[0].state)
        ledger.note(y, seen[1].image, seen[1].state)
        assert ledger.saw_the_same()
        assert list(ledger.seen()) == seen
        ledger.know([Seen(x, FileState(1, 2, 3, 4, 9), image(x))])
        assert not ledger.saw_the_same()
