"""The table: links in order, what they came to, and shards, whatever the number of links."""

from __future__ import annotations

from collections import Counter

import pytest

from imagequant.fetch.links import resolve_link
from imagequant.fetch.local_files import FileRecord, FileState
from imagequant.fetch.outcome import FetchedImage, FetchFailure
from imagequant.stages.download.link_table import LinkTable, Member
from imagequant.storage.raw import RawRow

MANY = 5000  # more than one page


def image(content: str) -> FetchedImage:
    return FetchedImage(content, 4, 3, "png", 99)


def place(row: RawRow) -> str:
    return resolve_link(row.image_link, row.origin)


@pytest.fixture
def urls():
    return [f"http://a.example/{number}.png" for number in range(MANY)]


@pytest.fixture
def table(workshop, urls):
    with LinkTable(workshop.rows(*urls, urls[7], f"{urls[8]}#fragment"), place) as table:
        yield table


def test_links_are_distinct_by_source_and_text_and_places_by_where_they_lead(workshop, table, urls):
    assert list(table.urls()) == urls
    assert len(table) == MANY
    for url in urls:
        table.note(url, image(url))
    table.assign_shards(1000)
    rows = list(table.manifest_rows())
    assert [row.image_link for row in rows] == [*urls, f"{urls[8]}#fragment"]
    assert rows[-1].sha256 == urls[8]
    with LinkTable([*workshop.rows("b", "a", "b"), *workshop.rows("b", source="other.csv")], place) as small:
        for url in list(small.urls()):
            small.note(url, FetchFailure("missing_file", ""))
        small.assign_shards(10)
        pairs = [(row.source, row.image_link) for row in small.manifest_rows()]
    assert pairs == [("shop.csv", "b"), ("shop.csv", "a"), ("other.csv", "b")]


def test_links_may_be_noted_while_they_are_gone_through(table, urls):
    for number, url in enumerate(table.urls()):
        if number % 2:
            table.note(url, FetchFailure("http_404", "Not Found"))
        else:
            table.note_waiting(url, "b.example" if number % 4 else "a.example")
    assert table.waiting_hosts() == {"a.example": MANY // 4, "b.example": MANY // 4}
    fetched = []
    for url in table.waiting_urls("a.example"):
        fetched.append(url)
        table.note(url, image("same"))
    assert fetched == urls[::4]
    assert table.waiting_hosts() == {"b.example": MANY // 4}


def test_failures_are_counted_by_reason_the_commonest_first(table, urls):
    for number, url in enumerate(urls[:6]):
        reason = ("timeout", "http_404", "http_404")[number % 3]
        table.note(url, FetchFailure(reason, f"detail of {number}"))
    assert list(table.failures().items()) == [("http_404", 4), ("timeout", 2)]
    assert isinstance(table.failures(), Counter)
    assert table.detail("http_404") == "detail of 1"


def test_a_content_lies_once_in_the_shard_of_the_first_link_that_gave_it(workshop):
    names = [f"{letter}{number}" for number, letter in enumerate("abc-bcada")]
    with LinkTable(workshop.rows(*names), place) as table:
        urls = list(table.urls())
        for name, url in zip(names, urls, strict=True):
            table.note(url, FetchFailure("timeout", "") if name[0] == "-" else image(name[0]))
        assert table.assign_shards(3) == 3
        members = [[member.sha256 for member in table.members(shard)] for shard in range(3)]
        assert members == [["a", "b", "c"], [], ["d"]]
        assert table.members(2) == [Member("d", urls[7], "d.png")]
        assert [row.shard for row in table.manifest_rows()] == [0, 0, 0, -1, 0, 0, 0, 2, 0]


def test_an_empty_table_has_no_shards():
    with LinkTable([], place) as table:
        assert len(table) == table.assign_shards(10) == 0
        assert list(table.manifest_rows()) == []


def test_file_records_are_compared_with_those_of_an_earlier_run(workshop):
    with LinkTable(workshop.rows("x", "y"), place) as table:
        x, y = table.urls()
        records = [FileRecord(url, FileState(1, 2, 3, 4, size), image(url)) for size, url in enumerate((x, y))]
        table.add_known_files(records)
        assert table.known_files([x, "elsewhere"]) == {x: records[0]}
        assert not table.has_known_files_only()
        table.note(x, records[0].image, records[0].state)
        table.note(y, records[1].image, records[1].state)
        assert table.has_known_files_only()
        assert list(table.file_records()) == records
        table.add_known_files([FileRecord(x, FileState(1, 2, 3, 4, 9), image(x))])
        assert not table.has_known_files_only()
