"""Which files may be read: every way round out of a CSV's own folder, and what the parameters allow by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imagequant.fetch.links import OUTSIDE, Folders
from imagequant.storage.manifest import iterate_manifest


@pytest.fixture
def shop(workshop, tmp_path):
    """A CSV's folder, with a photo; beside it a folder with a photo that is none of its business."""
    for number, folder in enumerate(("shop", "shop-2", "secret")):
        (tmp_path / folder / "images").mkdir(parents=True)
        (tmp_path / folder / "images" / "x.png").write_bytes(workshop.image(number))
    return tmp_path / "shop"


def reasons(workshop, origin, *links, **changes):
    """Why links of a CSV in ``origin`` failed; nothing for those that did not."""
    # One that is always there, since a run in which nothing comes is an error.
    rows = workshop.rows(*links, "images/x.png", origin=origin)
    return [row.reason for row in list(iterate_manifest(workshop.download(rows, **changes)))][: len(links)]


def test_what_lies_in_the_csvs_folder_is_read_however_it_is_named(workshop, shop):
    names = ["images/x.png", "./images/../images/x.png", str(shop / "images" / "x.png")]
    urls = [(shop / "images" / "x.png").as_uri(), f"file://localhost{shop}/images/x.png", f"FILE://{shop}/images/x.png"]
    dots = [f"file://{shop}/images/../images/x.png", f"file://{shop}/images/%2e%2e/images/x.png"]
    links = [*names, *urls, *dots]
    assert reasons(workshop, shop, *links) == [""] * len(links)


def test_paths_that_leave_it_are_refused(workshop, shop):
    secret = shop.parent / "secret" / "images" / "x.png"
    links = [
        "../secret/images/x.png",
        "images/../../secret/images/x.png",
        "../shop-2/images/x.png",  # a name that begins like the folder's
        str(secret),
        secret.as_uri(),
        f"file://localhost{secret}",
        f"file://{shop}/../secret/images/x.png",
        f"file://{shop}/%2e%2e/secret/images/x.png",
        f"file://{shop}/images/..%2f../secret/images/x.png",
        f"file:{secret}",
        "file:images/x.png",  # relative to whatever the process stands in
        "..",
        "../missing.png",  # whether it is there is nobody's business either
        "/etc/hostname",
        "/dev/zero",
        "/proc/self/environ",
        "outside:file:///etc/hostname",
    ]
    found = dict(zip(links, reasons(workshop, shop, *links), strict=True))
    assert found == dict.fromkeys(links, "refused_path")


def test_symbolic_links_count_by_what_they_lead_to(workshop, shop):
    secret = shop.parent / "secret"
    (shop / "folder").symlink_to(secret)
    (shop / "file.png").symlink_to(secret / "images" / "x.png")
    (shop / "images" / "chain.png").symlink_to(shop / "file.png")
    (shop / "inside.png").symlink_to(shop / "images" / "x.png")
    (shop / "loop.png").symlink_to(shop / "loop.png")
    links = ["folder/images/x.png", "folder/none.png", "file.png", "images/chain.png", "inside.png", "loop.png"]
    refused = ["refused_path"] * 4
    assert reasons(workshop, shop, *links)[:5] == [*refused, ""]
    assert reasons(workshop, shop, "loop.png")[0] in ("unreadable_file", "missing_file", "refused_path")
    # An image store that is a link its owner made is named by what it leads to, or by the link.
    for named in (secret, shop / "folder"):
        assert reasons(workshop, shop, *links[:5], folders=(str(named),)) == ["", "missing_file", "", "", ""]


def test_a_csv_that_is_reached_by_a_link_is_where_it_lies(workshop, shop, tmp_path):
    (tmp_path / "alias").symlink_to(shop)
    for origin, by in ((shop, tmp_path / "alias"), (tmp_path / "alias", shop)):
        links = ["images/x.png", str(by / "images" / "x.png"), str(by / ".." / "secret" / "images" / "x.png")]
        assert reasons(workshop, origin, *links) == ["", "", "refused_path"]


def test_named_folders(workshop, shop, tmp_path):
    links = ["../secret/images/x.png", "../shop-2/images/x.png", (tmp_path / "secret" / "none.png").as_uri()]
    assert reasons(workshop, shop, *links, folders=(str(tmp_path / "secret"),)) == ["", "refused_path", "missing_file"]
    assert reasons(workshop, shop, *links, folders=(str(tmp_path),)) == ["", "", "missing_file"]
    # Relative to the project, which is the folder "checkout" here.
    assert reasons(workshop, shop, *links[:2], folders=("../secret",)) == ["", "refused_path"]


def test_each_csv_has_its_own_folder(workshop, shop, tmp_path):
    rows = [
        *workshop.rows("images/x.png", "../secret/images/x.png", source="a.csv", origin=shop),
        *workshop.rows("images/x.png", "../shop/images/x.png", source="b.csv", origin=tmp_path / "secret"),
    ]
    found = [row.reason for row in list(iterate_manifest(workshop.download(rows)))]
    assert found == ["", "refused_path", "", "refused_path"]


def test_what_is_no_file_is_not_waited_for(workshop, shop):
    os.mkfifo(shop / "pipe.png")
    (shop / "device.png").symlink_to("/dev/zero")
    assert reasons(workshop, shop, "pipe.png", "images", "device.png", folders=("/dev",)) == ["unreadable_file"] * 3


def test_stores_are_read_where_the_csv_lies_or_the_parameters_say(workshop):
    folders = Folders(("s3://photos/2024",), Path("/project"))

    def place(link):
        return folders.place_of(workshop.rows(link, origin=Path("/shop"))[0])

    assert place("s3://photos/2024/x.png") == "s3://photos/2024/x.png"
    for link in (
        "s3://photos/2024-05/x.png",
        "s3://photos/2024/../2023/x.png",
        "s3://other/x.png",
        "gs://photos/2024/x",
    ):
        assert place(link) == OUTSIDE + link
