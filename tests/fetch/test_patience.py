"""A host that is gone is given up; one that answers now and then is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imagequant.fetch.outcome import FetchError, Retry
from imagequant.fetch.pace import HostPatience
from imagequant.storage.manifest import iterate_manifest

PASSING = FetchError("timeout", "no answer in time", Retry.NOW)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def patience(workshop, clock):
    """Ends after 20 seconds and 4 links."""
    return HostPatience(replace(workshop.quick, timeout=1.0, connections_per_host=2), clock)


def test_it_ends_when_nothing_comes_for_long(patience, clock):
    for _ in range(10):
        clock.now += 3.0
        assert patience.outcome is None or clock.now > 20.0
        patience.note(PASSING)
    assert patience.outcome is not None
    assert patience.outcome.reason == "timeout"


def test_it_does_not_end_by_a_short_outage(patience, clock):
    for _ in range(1000):
        clock.now += 0.019
        patience.note(PASSING)
    assert patience.outcome is None


def test_it_does_not_end_by_a_few_slow_links(patience, clock):
    for _ in range(3):
        clock.now += 100.0
        patience.note(PASSING)
    assert patience.outcome is None


@pytest.mark.parametrize("use", [None, FetchError("http_404", ""), FetchError("http_403", "", Retry.NEXT_RUN)])
def test_whatever_answers_a_question_renews_it(patience, clock, use):
    for number in range(1000):
        clock.now += 3.0
        patience.note(use if number % 5 == 4 else PASSING)
    assert patience.outcome is None


def test_the_links_of_a_host_that_is_gone_are_not_all_waited_for(workshop, site):
    (workshop.root / "ok.png").write_bytes(workshop.image(0))
    silent = [f"/silent/{number}" for number in range(400)]
    for path in silent:
        site.pages[path] = workshop.body(b"", delay=0.3)
    rows = workshop.rows("ok.png", *(site.url + path for path in silent), origin=workshop.root)
    manifest = list(iterate_manifest(workshop.download(rows, timeout=0.05, attempts=1)))
    assert manifest[0].status == "ok"
    assert {row.reason for row in manifest[1:]} == {"timeout"}
    asked = sum(path in site.asked for path in silent)
    assert 8 <= asked < 400
    assert {row.detail for row in manifest[1:]} == {
        "no answer in time",
        "not requested: other links of the host failed like this",
    }
    # The next run asks anew.
    before = site.asked.copy()
    workshop.download(rows[:40], timeout=2.0, attempts=1)
    assert all(site.asked[path] > before[path] for path in silent[:39])
