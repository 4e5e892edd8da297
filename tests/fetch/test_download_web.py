"""Fetching from a real server: what is retried, what is refused, what is kept."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from imagequant.core.errors import InputError
from imagequant.storage.manifest import iterate_manifest
from imagequant.storage.tars import read_tar


def by_link(folder, site):
    return {row.image_link.removeprefix(site.url): row for row in list(iterate_manifest(folder))}


def members(folder):
    return {name: payload for tar in sorted(folder.glob("*.tar")) for name, payload in read_tar(tar)}


def test_images_are_kept_byte_for_byte(workshop, site):
    images = {f"/{f}": workshop.image(n, f, (20 + n, 10)) for n, f in enumerate(("JPEG", "PNG", "WEBP", "GIF"))}
    site.pages = {path: workshop.body(payload) for path, payload in images.items()}
    folder = workshop.download(workshop.rows(*(site.url + path for path in images)))
    rows, tar = by_link(folder, site), members(folder)
    for number, (path, payload) in enumerate(images.items()):
        row = rows[path]
        assert (row.status, row.reason, row.detail) == ("ok", "", "")
        assert (row.width, row.height, row.format) == (20 + number, 10, path[1:].lower())
        assert row.sha256 == hashlib.sha256(payload).hexdigest()
        assert row.bytes == len(payload)
        assert tar[row.sha256] == payload
    assert len(tar) == len(images)


@pytest.mark.parametrize(
    ("page", "reason", "asked"),
    [
        (lambda w: w.status(404), "http_404", 1),
        (lambda w: w.status(410), "http_410", 1),
        (lambda w: w.status(403), "http_403", 1),
        (lambda w: w.status(599), "http_599", 1),  # no status the standard names
        (lambda w: w.status(204), "http_204", 1),  # fine for the server, but no image
        (lambda w: w.status(429), "http_429", 3),
        (lambda w: w.status(500), "http_500", 3),
        (lambda w: w.status(503), "http_503", 3),
        (lambda w: w.reset, "disconnected", 3),
        (lambda w: w.short_body(w.image(1)), "truncated_body", 3),
        (lambda w: w.body(b"<html>not here</html>"), "html_body", 1),  # said to be image/jpeg
        (lambda w: w.body(b"<?xml version='1.0'?>\n<svg></svg>"), "svg_body", 1),
        (lambda w: w.body(b""), "empty_body", 1),
        (lambda w: w.body(b"no gzip at all", Content_Encoding="gzip"), "damaged_body", 3),
        (lambda w: w.body(gzip.compress(w.image(1))[:-9], Content_Encoding="gzip"), "damaged_body", 3),
        (lambda w: w.body(gzip.compress(bytes(10_000_000)), Content_Encoding="gzip"), "too_large", 1),
        (lambda w: w.status(302, Location="http://[/"), "invalid_link", 1),
        (lambda w: w.body(b"x" * 100_001), "too_large", 1),
        (lambda w: w.status(302, Location="/page"), "too_many_redirects", 6),
        (lambda w: w.status(302, Location="file:///etc/hostname"), "refused_scheme", 1),
        (lambda w: w.status(302, Location="ftp://127.0.0.1/x"), "refused_scheme", 1),
    ],
)
def test_failures_are_rows_and_only_what_can_pass_is_asked_again(workshop, site, page, reason, asked):
    site.pages = {"/page": page(workshop), "/good": workshop.body(workshop.image(0))}
    folder = workshop.download(workshop.rows(site.url + "/page", site.url + "/good"))
    row = by_link(folder, site)["/page"]
    assert (row.status, row.reason) == ("failed", reason)
    assert row.detail
    assert (row.sha256, row.width, row.height, row.format, row.bytes, row.shard) == ("", 0, 0, "", 0, -1)
    assert site.asked["/page"] == asked
    assert len(members(folder)) == 1


@pytest.mark.parametrize("bad", ["status", "reset", "short"])
def test_what_passes_within_the_attempts_succeeds(workshop, site, bad):
    good = workshop.image(0)
    failing = {"status": workshop.status(503), "reset": workshop.reset, "short": workshop.short_body(good)}[bad]
    site.pages = {"/a": workshop.first(2, failing, workshop.body(good))}
    folder = workshop.download(workshop.rows(site.url + "/a"))
    assert members(folder) == {hashlib.sha256(good).hexdigest(): good}
    assert site.asked["/a"] == 3


def test_a_silent_server_times_out_and_is_asked_again(workshop, site):
    good = workshop.image(0)
    site.pages = {
        "/stalled": workshop.stalled_body(good, 0.6),
        "/late": workshop.first(1, workshop.body(good, delay=0.6), workshop.body(good)),
    }
    folder = workshop.download(workshop.rows(site.url + "/stalled", site.url + "/late"), timeout=0.2, attempts=2)
    rows = by_link(folder, site)
    assert rows["/stalled"].reason == "slow_body"
    assert rows["/late"].status == "ok"
    assert site.asked == {"/stalled": 2, "/late": 2}


def test_a_server_that_never_falls_silent_is_given_up_too(workshop, site):
    site.pages = {"/drip": workshop.dripping_body(workshop.image(0), 0.02), "/a": workshop.body(workshop.image(1))}
    folder = workshop.download(workshop.rows(site.url + "/drip", site.url + "/a"), timeout=0.1, attempts=2)
    assert by_link(folder, site)["/drip"].reason == "slow_body"
    assert site.asked["/drip"] == 2


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(workshop, site):
    sent = []
    site.pages = {"/long": workshop.unannounced_body(100_000_000, sent), "/a": workshop.body(workshop.image(0))}
    folder = workshop.download(workshop.rows(site.url + "/long", site.url + "/a"))
    assert by_link(folder, site)["/long"].reason == "too_large"
    assert site.asked["/long"] == 1
    assert sum(sent) < 50_000_000  # what the sockets' buffers hold may have gone out


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_waited_for_by_all_links_of_the_host(workshop, site, form):
    # A date has whole seconds: two ahead means more than one.
    header = "1" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    good = workshop.body(workshop.image(0))
    site.pages = {
        "/a": workshop.first(1, workshop.status(429, Retry_After=header), good),
        "/slow": workshop.body(workshop.image(1), delay=0.2),
        "/b": good,
    }
    # Two connections: one is refused, the other is busy meanwhile and would then go on to /b.
    rows = workshop.rows(*(site.url + path for path in site.pages))
    workshop.download(rows, backoff_max=10.0, connections_per_host=2)
    refused, again = site.times["/a"]
    assert again - refused >= 0.9  # seconds, where backing off would wait hundredths
    assert site.times["/b"][0] - refused >= 0.9


def test_retry_after_beyond_the_longest_backoff_is_cut_to_it(workshop, site):
    good = workshop.body(workshop.image(0))
    site.pages = {"/a": workshop.first(1, workshop.status(503, Retry_After="3600"), good)}
    folder = workshop.download(workshop.rows(site.url + "/a"))
    assert by_link(folder, site)["/a"].status == "ok"


def test_redirects_are_followed(workshop, site):
    good = workshop.image(0)
    site.pages = {
        "/a": workshop.status(301, Location="/b"),
        "/b": workshop.status(302, Location=site.url + "/c"),
        "/c": workshop.body(good),
    }
    folder = workshop.download(workshop.rows(site.url + "/a"))
    assert list(members(folder).values()) == [good]


def test_connections_are_kept_and_bodies_asked_for_as_they_are(workshop, site):
    clients, encodings = set(), set()

    def page(exchange, asked):
        clients.add(exchange.client_address)
        encodings.add(exchange.headers["Accept-Encoding"])
        workshop.body(workshop.image(0))(exchange, asked)

    site.pages = {f"/{n}": page for n in range(12)}
    workshop.download(workshop.rows(*(site.url + path for path in site.pages)), connections_per_host=2)
    assert len(clients) == 2
    assert encodings == {"identity"}


@pytest.mark.parametrize("limit", [1, 3])
def test_a_host_never_sees_more_connections_than_allowed(workshop, site, limit):
    paths = [f"/{n}" for n in range(24)]
    site.pages = {path: workshop.body(workshop.image(n), delay=0.02) for n, path in enumerate(paths)}
    workshop.download(workshop.rows(*(site.url + path for path in paths)), connections_per_host=limit)
    assert site.most_open == limit


def test_redirects_count_against_the_host_they_lead_to(workshop, site):
    other = site.url.replace("127.0.0.1", "localhost")
    paths = [f"/{n}" for n in range(12)]
    for n, path in enumerate(paths):
        site.pages[path] = workshop.body(workshop.image(n), delay=0.03)
        site.pages["/from" + path] = workshop.status(302, Location=site.url + path)
    links = [base + path for path in paths for base in (site.url, other + "/from")]
    workshop.download(workshop.rows(*links), connections_per_host=2)
    assert site.most_open_a_host[site.url.removeprefix("http://")] == 2


def test_connections_in_all_are_limited_too(workshop, site):
    paths = [f"/{n}" for n in range(12)]
    site.pages = {path: workshop.body(workshop.image(n), delay=0.02) for n, path in enumerate(paths)}
    # The same server under two names counts as two hosts.
    hosts = (site.url, site.url.replace("127.0.0.1", "localhost"))
    folder = workshop.download(workshop.rows(*(hosts[n % 2] + path for n, path in enumerate(paths))), connections=2)
    assert {row.status for row in list(iterate_manifest(folder))} == {"ok"}
    assert site.most_open == 2


def test_the_rate_spaces_requests_out(workshop, site):
    paths = [f"/{n}" for n in range(6)]
    site.pages = {path: workshop.body(workshop.image(n)) for n, path in enumerate(paths)}
    workshop.download(workshop.rows(*(site.url + path for path in paths)), rate=20.0)
    started = sorted(times[0] for times in site.times.values())
    assert started[-1] - started[0] >= 0.2  # five intervals of 0.05 s, less what the server's clock may be late


def test_bytes_do_not_depend_on_the_order_in_which_downloads_end(workshop, site):
    paths = [f"/{n}" for n in range(10)]
    rows = workshop.rows(*(site.url + path for path in paths))
    outputs = []
    for run in range(2):
        delays = [0.01 * (n if run else 10 - n) for n in range(10)]
        site.pages = {p: workshop.body(workshop.image(n), delays[n]) for n, p in enumerate(paths)}
        site.pages["/3"] = workshop.status(404)
        folder = workshop.download(rows, checkout=f"checkout{run}")
        outputs.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert outputs[0] == outputs[1]
    assert list(outputs[0]) == ["00000.tar", "00001.tar", "00002.tar", "manifest.parquet"]


def test_the_next_run_asks_only_for_what_failed(workshop, site):
    good = {f"/{n}": workshop.image(n) for n in range(5)}
    site.pages = {path: workshop.body(payload) for path, payload in good.items()}
    site.pages["/bad"] = workshop.first(3, workshop.status(503), workshop.body(workshop.image(9)))
    rows = workshop.rows(*(site.url + path for path in [*good, "/bad"]))
    assert by_link(workshop.download(rows), site)["/bad"].status == "failed"
    folder = workshop.download(rows)
    assert by_link(folder, site)["/bad"].status == "ok"
    assert site.asked == {**dict.fromkeys(good, 1), "/bad": 4}
    assert len(members(folder)) == 6


def test_a_run_in_which_nothing_comes_is_an_error_with_the_commonest_reason(workshop, site):
    site.pages = {"/c": workshop.body(b"text")}
    with pytest.raises(InputError, match=r"sources\.train: none of 3 image links .*\(2\) for http_404: Not Found"):
        workshop.download(workshop.rows(site.url + "/a", site.url + "/b", site.url + "/c"))


def test_the_summary_counts_reasons(workshop, site, capsys):
    site.pages = {"/a": workshop.body(workshop.image(0)), "/b": workshop.body(b"text")}
    workshop.download(workshop.rows(*(site.url + path for path in ("/a", "/b", "/c", "/d"))))
    assert "download train: 1 of 4 links ok; failed: http_404 2, not_an_image 1" in capsys.readouterr().err


def test_a_dead_host_does_not_stop_the_others(workshop, site):
    site.pages = {"/a": workshop.body(workshop.image(0))}
    # Port 1 of this machine: nobody listens there.
    folder = workshop.download(workshop.rows("http://127.0.0.1:1/x.jpg", site.url + "/a"))
    assert [(row.status, row.reason) for row in iterate_manifest(folder)] == [
        ("failed", "unreachable"),
        ("ok", ""),
    ]
