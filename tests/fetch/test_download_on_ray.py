"""A real Ray cluster of this machine: one pace for all of its workers, and the same bytes as without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imagequant.core.errors import InputError
from imagequant.executor import cluster
from imagequant.fetch.links import Folders
from imagequant.fetch.pace import StartTimes
from imagequant.params import ExecutorParams
from imagequant.stages.download.link_table import LinkTable
from imagequant.stages.download.on_ray import blocks, share_of
from imagequant.storage.manifest import iterate_manifest

RAY = ExecutorParams("ray", 2)


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def links(workshop, site):
    paths = [f"/{n}" for n in range(24)]
    site.pages = {path: workshop.body(workshop.image(n), delay=0.02) for n, path in enumerate(paths)}
    return [site.url + path for path in paths]


def test_the_bytes_are_those_of_one_process(workshop, site, links, tmp_path):
    (tmp_path / "local.png").write_bytes(workshop.image(99))
    site.pages["/7"] = workshop.status(404)
    rows = workshop.rows(*links, "local.png", "none.png", "ftp://a.example/x.png", "", origin=tmp_path)
    here = workshop.download(rows, checkout="here")
    there = workshop.download(rows, checkout="there", engine=RAY)
    assert files(there) == files(here)
    # What the cluster left in the work cache is found again, with no server asked.
    asked = site.asked.total()
    assert files(workshop.download([row for row in rows if not row.image_link.endswith("/7")], "there"))
    assert site.asked.total() == asked


@pytest.fixture(scope="class")
def connection():
    """One cluster for several tests: starting one takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        with cluster(RAY):
            yield


@pytest.mark.usefixtures("connection")
class TestOnePace:
    def test_the_rate_holds_for_all_workers_together(self, workshop, site, links):
        folder = workshop.download(workshop.rows(*links), engine=RAY, rate=20.0)
        assert {row.status for row in list(iterate_manifest(folder))} == {"ok"}
        started = sorted(times[0] for times in site.times.values())
        assert started[-1] - started[0] >= 23 / 20.0 - 0.1  # less what the server's clock may be late

    def test_connections_are_counted_for_all_workers_together(self, workshop, site, links):
        workshop.download(workshop.rows(*links), engine=RAY, connections_per_host=3)
        assert site.most_open <= 2  # one each: two each would be more than three

    def test_a_host_with_one_connection_has_one_worker(self, workshop, site, links):
        workshop.download(workshop.rows(*links), engine=RAY, connections_per_host=1)
        assert site.most_open == 1

    def test_a_pause_one_worker_is_asked_for_holds_for_the_others(self, workshop, site, links):
        refused = workshop.status(429, Retry_After="2")
        site.pages["/0"] = workshop.first(1, refused, workshop.body(workshop.image(0)))
        # Slow enough that most links are left when the first is refused.
        folder = workshop.download(workshop.rows(*links), engine=RAY, rate=10.0, backoff_max=10.0)
        assert {row.status for row in list(iterate_manifest(folder))} == {"ok"}
        began, again = site.times["/0"]
        assert again - began >= 1.9
        # What had been promised within the fifth of a second before the pause was known may still start, late on a busy
        # machine.
        assert not [t for times in site.times.values() for t in times if began + 1.0 < t < began + 1.9]


def test_no_cluster_is_needed_where_nothing_is_asked_for(workshop, tmp_path):
    nowhere = replace(RAY, address="127.0.0.1:1")
    (tmp_path / "x.png").write_bytes(workshop.image(0))
    rows = workshop.rows("x.png", origin=tmp_path)
    assert next(iterate_manifest(workshop.download(rows, engine=nowhere))).status == "ok"
    with pytest.raises(InputError, match=r"^executor\.address: no Ray cluster at '127\.0\.0\.1:1'"):
        workshop.download(workshop.rows("http://127.0.0.1:1/x.png"), engine=nowhere)


def test_blocks_hold_every_link_that_waits_once_and_some_of_every_host(workshop):
    def blocks_of(hosts, least):
        rows = workshop.rows("at hand", *(f"{host}{number}" for number, host in enumerate(hosts)))
        table = LinkTable(rows, Folders().place_of)
        for url in list(table.urls())[1:]:
            table.note_waiting(url, Path(url).name[0])
        return [[Path(url).name for url in block] for block in blocks(table, least)]

    assert blocks_of("aabb", 2) == [["a0", "b2"], ["a1", "b3"]]
    assert blocks_of("ab", 8) == [["a0"], ["b1"]]
    many = blocks_of("a" * 10_000, 2)
    assert sorted(name for block in many for name in block) == sorted(f"a{number}" for number in range(10_000))
    assert max(map(len, many)) <= 2048


def test_shares_are_never_more_than_the_whole(workshop):
    share = share_of(workshop.quick, 3)
    assert (share.connections, share.connections_per_host) == (2, 1)


def test_start_times_are_an_interval_apart_and_promised_for_a_short_while():
    starts = StartTimes(0.125)
    assert starts.take(10.0, wanted=9, horizon=0.25) == [0.0, 0.125, 0.25]
    assert starts.wait(10.0) == 0.375
    assert starts.take(10.0, wanted=1, horizon=0.25) == []
    starts.pause(10.0, 5.0)
    starts.pause(10.0, 1.0)  # no pause shortens another
    assert starts.take(10.0, wanted=1, horizon=0.25) == []
    assert starts.take(15.0, wanted=2, horizon=0.0) == [0.0]
    assert StartTimes(0.0).take(3.0, wanted=2, horizon=0.0) == [0.0, 0.0]
