"""Links: what they resolve to, duplicates, local files, shards."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imagequant.core.files import write_json
from imagequant.fetch.links import local_path, resolve_link
from imagequant.fetch.outcome import FetchError, Retry
from imagequant.fetch.pace import parse_retry_after, seconds_to_wait
from imagequant.fetch.web import web_url
from imagequant.params import load_params
from imagequant.stages.download.run import run
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.manifest import images_by_link, iterate_manifest
from imagequant.storage.raw import iterate_raw
from imagequant.storage.tars import read_tar

ORIGIN = Path("/shop/tables")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://a.example/x.jpg", "https://a.example/x.jpg"),
        ("  https://a.example/x.jpg\n", "https://a.example/x.jpg"),
        ("https://a.example/x.jpg#zoom", "https://a.example/x.jpg"),  # no server sees the fragment
        ("HTTP://a.example/x?q=1", "HTTP://a.example/x?q=1"),
        ("images/x.jpg", "file:///shop/tables/images/x.jpg"),
        ("./images/../y z.jpg", "file:///shop/tables/y%20z.jpg"),
        ("../x.jpg", "file:///shop/x.jpg"),
        ("/abs/x.jpg", "file:///abs/x.jpg"),
        ("./12:34.jpg", "file:///shop/tables/12%3A34.jpg"),
        ("100%.jpg", "file:///shop/tables/100%25.jpg"),
        ("a#b?.jpg", "file:///shop/tables/a%23b%3F.jpg"),
        ("file:///abs/x.jpg", "file:///abs/x.jpg"),
        ("ftp://a.example/x.jpg", "ftp://a.example/x.jpg"),
        ("http://[broken", "http://[broken"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_resolve_link(link, url):
    assert resolve_link(link, ORIGIN) == url


@pytest.mark.parametrize("name", ["x.jpg", "100%.jpg", "a#b?c.jpg", "ü ß.jpg", os.fsdecode(b"\xff.jpg")])
def test_local_paths_survive_the_url(name):
    assert local_path(resolve_link(name, ORIGIN)) == ORIGIN / name


@pytest.mark.parametrize("url", ["https://a.example/x.jpg", "file://a.example/x.jpg", "file://[x", ""])
def test_only_local_file_urls_name_a_local_path(url):
    assert local_path(url) is None


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://a.example/x%20y%2Fz.jpg?q=%41&r=1", "http://a.example/x%20y%2Fz.jpg?q=%41&r=1"),  # left as it is
        ("http://a.example/%7Ex/%zz.jpg", "http://a.example/%7Ex/%zz.jpg"),
        ("http://a.example/ü ß.jpg?q=a b", "http://a.example/%C3%BC%20%C3%9F.jpg?q=a%20b"),
        ("http://a.example/I/71+X,2L._AC_SL1500_.jpg", "http://a.example/I/71+X,2L._AC_SL1500_.jpg"),
        ("http://münchen.example/x.jpg", "http://xn--mnchen-3ya.example/x.jpg"),
        ("HTTP://A.Example:80/x.jpg", "http://a.example/x.jpg"),
        ("http://a.example/a//b/../c/./d.jpg", "http://a.example/a//c/d.jpg"),
        ("http://a.example/a/..", "http://a.example/"),
        ("http://a.example?x=1", "http://a.example/?x=1"),
        ("http://[::1]:8080/x.jpg", "http://[::1]:8080/x.jpg"),
    ],
)
def test_what_a_server_is_asked_for(url, sent):
    assert str(web_url(url)) == sent


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Fri, 13 Sep 2024 12:00:30 GMT", 30.0),
        ("Fri, 13 Sep 2024 11:00:00 GMT", 0.0),  # already past
        ("Fri, 13 Sep 2024 12:00:30 -0000", 30.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_parse_retry_after(header, seconds):
    assert parse_retry_after(header, datetime(2024, 9, 13, 12, 0, 0, tzinfo=UTC)) == seconds


def test_waits_double_with_jitter_up_to_the_longest(workshop):
    params = replace(workshop.quick, backoff=0.5, backoff_max=3.0)
    failure = FetchError("http_503", "", Retry.NOW)
    for number, least in ((1, 0.5), (2, 1.0), (3, 2.0)):
        assert least <= seconds_to_wait(failure, number, params) <= least + 0.5
    assert seconds_to_wait(failure, 4, params) == seconds_to_wait(failure, 10_000, params) == 3.0


@pytest.mark.parametrize(("asked", "seconds"), [(0.0, 0.0), (2.0, 2.0), (3600.0, 3.0)])
def test_a_server_that_says_when_is_waited_for_instead(workshop, asked, seconds):
    failure = FetchError("http_429", "", Retry.NOW, retry_after=asked)
    assert seconds_to_wait(failure, 3, replace(workshop.quick, backoff_max=3.0)) == seconds


def test_local_files(workshop, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    good = workshop.image(0)
    (photos / "good.png").write_bytes(good)
    (photos / "text.png").write_text("text")
    (photos / "large.png").write_bytes(b"x" * 100_001)
    expected = {
        "photos/good.png": "",
        (photos / "good.png").as_uri(): "",
        str(photos / "good.png"): "",
        "photos/none.png": "missing_file",
        "photos/good.png/x": "missing_file",
        "photos/zero\0byte.png": "missing_file",
        "photos": "unreadable_file",
        "photos/text.png": "not_an_image",
        "photos/large.png": "too_large",
        "s3://bucket/x.png": "refused_path",
        "data:image/png;base64,AAAA": "refused_scheme",
        "file://elsewhere/x.png": "refused_scheme",
        "http://": "invalid_link",
        "http://[broken": "invalid_link",
        "http://a.example:99999/": "invalid_link",
        "http://a b.example/": "invalid_link",
        "http://a%20b.example/": "invalid_link",
        f"http://{'a' * 70}.example/": "invalid_link",
        "http://127.0.0.1/a\tb": "invalid_link",
        "": "empty_link",
    }
    folder = workshop.download(workshop.rows(*expected, origin=tmp_path), attempts=1)
    rows = list(iterate_manifest(folder))
    assert {row.image_link: row.reason for row in rows} == expected
    assert not any(str(tmp_path) in row.detail for row in rows)
    # The good image is reached by three links and stored once.
    assert len({row.sha256 for row in rows if row.status == "ok"}) == 1
    assert [payload for tar in sorted(folder.glob("*.tar")) for _, payload in read_tar(tar)] == [good]
    # Nothing of it went to the work cache: a local file is its own cache.
    assert not (tmp_path / "checkout" / ".cache" / "imagequant" / "download").exists()


def test_a_changed_local_file_is_seen(workshop, tmp_path):
    rows = workshop.rows("x.png", origin=tmp_path)
    shas = []
    for seed in range(2):
        (tmp_path / "x.png").write_bytes(workshop.image(seed))
        shas.append(next(iterate_manifest(workshop.download(rows))).sha256)
    assert shas[0] != shas[1]


def test_the_same_relative_link_of_two_sources_is_two_places(workshop, tmp_path):
    for seed, shop in enumerate(("a", "b")):
        (tmp_path / shop).mkdir()
        (tmp_path / shop / "x.png").write_bytes(workshop.image(seed))
    rows = [
        *workshop.rows("x.png", source="a.csv", origin=tmp_path / "a"),
        *workshop.rows("x.png", "../a/x.png", source="b.csv", origin=tmp_path / "b"),
    ]
    images = images_by_link(iterate_manifest(workshop.download(rows, folders=(str(tmp_path / "a"),))))
    own, other, linked = map(images.get, [("a.csv", "x.png"), ("b.csv", "x.png"), ("b.csv", "../a/x.png")])
    assert own != other
    assert own == linked


def test_equal_contents_are_stored_once_where_they_first_appear(workshop, tmp_path):
    names = [f"{n}.png" for n in range(10)]
    for n, name in enumerate(names):
        (tmp_path / name).write_bytes(workshop.image(n % 5))
    folder = workshop.download(workshop.rows(*names, origin=tmp_path))
    rows = list(iterate_manifest(folder))
    assert [row.shard for row in rows] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    stored = [[name for name, _ in read_tar(tar)] for tar in sorted(folder.glob("*.tar"))]
    assert stored == [[row.sha256 for row in rows[:4]], [rows[4].sha256], []]


def test_appended_rows_leave_full_shards_alone(workshop, site):
    for n in range(13):
        site.pages[f"/{n}"] = workshop.body(workshop.image(n))
    site.pages["/2"] = workshop.status(404)
    links = [f"{site.url}/{n}" for n in range(13)]
    before = workshop.download(workshop.rows(*links[:8]), checkout="before")
    tars = {path.name: path.read_bytes() for path in before.glob("*.tar")}
    after = workshop.download(workshop.rows(*links), checkout="after")
    assert sorted(path.name for path in after.glob("*.tar")) == [f"0000{n}.tar" for n in range(4)]
    assert {name: (after / name).read_bytes() for name in tars} == tars
    assert list(iterate_manifest(after))[:8] == list(iterate_manifest(before))


def test_the_stage_joins_with_the_raw_rows(workshop, tmp_path):
    """The whole way: linked CSVs in, a manifest that answers for every raw row out."""
    shop = tmp_path / "elsewhere"
    (shop / "photos").mkdir(parents=True)
    (shop / "photos" / "a.png").write_bytes(workshop.image(0))
    (shop / "train.csv").write_text(
        "image_link,group_id,entity_name,entity_value\nphotos/a.png,1,width,2 metre\nphotos/b.png,1,width,3 metre\n"
    )
    (shop / "test.csv").write_text("index,image_link,group_id,entity_name\n0,photos/a.png,1,width\n")
    layout = Layout(tmp_path / "checkout")
    for split in SPLITS:
        (layout.data("sources") / split).mkdir(parents=True)
        (layout.data("sources") / split / "00-shop.csv").symlink_to(shop / f"{split}.csv")
    names = {split: {"00-shop.csv": f"../elsewhere/{split}.csv"} for split in SPLITS}
    write_json(layout.data("sources") / "sources.json", names)
    run(load_params(Path(__file__).parents[2] / "params.yaml"), layout)
    found = {split: images_by_link(list(iterate_manifest(layout.data("download") / split))) for split in SPLITS}
    assert [
        (row.source, row.image_link, bool(found[split].get((row.source, row.image_link))))
        for split in SPLITS
        for row in list(iterate_raw(layout, split))
    ] == [
        ("../elsewhere/train.csv", "photos/a.png", True),
        ("../elsewhere/train.csv", "photos/b.png", False),
        ("../elsewhere/test.csv", "photos/a.png", True),
    ]
