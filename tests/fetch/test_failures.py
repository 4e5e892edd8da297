"""What a run remembers of links that failed: the next one asks only for what can pass."""

from __future__ import annotations

import shutil
from contextlib import nullcontext

import pytest

from imagequant.executor import cluster
from imagequant.params import ExecutorParams
from imagequant.storage.manifest import iterate_manifest


@pytest.fixture
def pages(workshop):
    """Faults by path; ``lasting`` says of each whether it is one for good."""
    return {
        "/404": (workshop.status(404), True),
        "/410": (workshop.status(410), True),
        "/204": (workshop.status(204), True),
        "/html": (workshop.body(b"<html></html>"), True),
        "/empty": (workshop.body(b""), True),
        "/text": (workshop.body(b"text"), True),
        "/large": (workshop.body(b"x" * 100_001), True),
        "/file": (workshop.status(302, Location="file:///etc/hostname"), True),
        "/private": (workshop.status(302, Location="http://10.0.0.1/"), True),
        "/loop": (workshop.status(302, Location="/loop"), True),
        "/403": (workshop.status(403), False),  # what servers also say to whom they take for a robot
        "/401": (workshop.status(401), False),
        "/429": (workshop.status(429), False),
        "/500": (workshop.status(500), False),
        "/501": (workshop.status(501), False),
        "/521": (workshop.status(521), False),
        "/reset": (workshop.reset, False),
        "/short": (workshop.short_body(workshop.image(1)), False),
    }


@pytest.fixture
def rows(workshop, site, pages):
    site.pages = {path: page for path, (page, _) in pages.items()} | {"/ok": workshop.body(workshop.image(0))}
    return workshop.rows(*(site.url + path for path in site.pages))


@pytest.fixture(params=["serial", "ray"])
def engine(request, workshop):
    """Where to run; Ray's cluster is started once for all downloads of a test."""
    engine = ExecutorParams(request.param, 2)
    with cluster(engine) if engine.name == "ray" else nullcontext():
        yield engine


def test_only_what_can_pass_is_asked_for_again(workshop, site, pages, rows, engine, capsys):
    first = list(iterate_manifest(workshop.download(rows, attempts=1, engine=engine)))
    assert "not requested again" not in capsys.readouterr().err
    asked = site.asked.copy()
    assert set(asked) == set(site.pages)
    second = list(iterate_manifest(workshop.download(rows, attempts=1, engine=engine)))
    assert second == first
    assert set(site.asked - asked) == {path for path, (_, lasting) in pages.items() if not lasting}
    assert (
        "train: 10 of them failed permanently in an earlier run and were not requested again" in capsys.readouterr().err
    )


def test_what_decides_is_part_of_the_memory(workshop, site, rows):
    workshop.download(rows, attempts=1)
    for changes in ({"max_bytes": 200_000}, {"schemes": ("http",)}, {"hosts": ("127.0.0.0/8",)}):
        before = site.asked["/404"]
        workshop.download(rows, attempts=1, **changes)
        assert site.asked["/404"] == before + 1
    before = site.asked["/404"]
    workshop.download(rows, attempts=2, timeout=3.0, connections=3)
    assert site.asked["/404"] == before


def test_all_is_asked_for_again_where_the_memory_is_removed(workshop, site):
    site.pages = {"/ok": workshop.body(workshop.image(0))}
    rows = workshop.rows(f"{site.url}/ok", f"{site.url}/late")
    assert list(iterate_manifest(workshop.download(rows)))[1].reason == "http_404"
    site.pages["/late"] = workshop.body(workshop.image(1))
    assert list(iterate_manifest(workshop.download(rows)))[1].reason == "http_404"
    shutil.rmtree(workshop.root / "checkout" / ".cache" / "imagequant" / "download-failed")
    assert list(iterate_manifest(workshop.download(rows)))[1].status == "ok"
    assert site.asked == {"/ok": 1, "/late": 2}


def test_a_damaged_memory_asks_again(workshop, site, rows):
    workshop.download(rows, attempts=1)
    for path in (workshop.root / "checkout" / ".cache" / "imagequant" / "download-failed").rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    workshop.download(rows, attempts=1)
    assert site.asked["/404"] == 2
