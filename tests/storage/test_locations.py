"""Files under a URL: the same functions, the same bytes as on a disk."""

from __future__ import annotations

import csv
import importlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, read_json, write_bytes, write_csv, write_json, write_text
from imagequant.core.locations import (
    at_hand,
    copy,
    folder_at_hand,
    is_remote,
    local_folder,
    location,
    send,
    under,
)
from imagequant.executor import cluster
from imagequant.fetch.links import Folders
from imagequant.fetch.offline import OfflineLookup
from imagequant.params import ExecutorParams, Params, load_params
from imagequant.storage.layout import SPLITS, Layout, list_shards
from imagequant.storage.raw import RawRow
from imagequant.storage.tables import iterate_rows, read_metadata, write_table
from imagequant.storage.tars import list_tar, read_tar, write_tar
from imagequant.storage.tensors import read_tensors, write_tensors
from imagequant.storage.work_cache import WorkCache

ROOT = Path(__file__).parents[2]
SCHEMA = pa.schema([("n", pa.int32())], metadata={"made": "here"})


@pytest.fixture
def folder(bucket: str) -> Path:
    return location(f"{bucket}/project/data")


def test_paths_stay_paths():
    assert location("data/x") == Path("data/x")
    assert not is_remote(location("/data/x"))
    assert under(Path("/project"), "a/b.csv") == Path("/project/a/b.csv")
    assert under(Path("/project"), "/a/b.csv") == Path("/a/b.csv")


def test_names_under_a_url(bucket):
    root = location(f"{bucket}/project")
    assert is_remote(root)
    assert str(under(root, "a/b.csv")) == f"{bucket}/project/a/b.csv"
    assert under(root, "/a/b.csv") == Path("/a/b.csv")
    assert str(under(Path("/project"), f"{bucket}/b.csv")) == f"{bucket}/b.csv"


def test_a_url_nobody_can_read_is_an_error_that_names_it():
    with pytest.raises(InputError, match="^nonsense://x: cannot be reached"):
        location("nonsense://x")


def test_every_kind_of_file_comes_back_as_it_was_written(folder):
    write_json(folder / "a.json", {"b": [1, 2]})
    assert read_json(folder / "a.json") == {"b": [1, 2]}
    write_csv(folder / "a.csv", ["x", "y"], [(1, "é"), (2, None)])
    assert (folder / "a.csv").read_text(encoding="utf-8") == "x,y\n1,é\n2,\n"
    write_table(folder / "a.parquet", [{"n": 3}, {"n": 4}], SCHEMA)
    assert list(iterate_rows(folder / "a.parquet")) == [{"n": 3}, {"n": 4}]
    assert read_metadata(folder / "a.parquet") == {"made": "here"}
    write_tensors(folder / "a.safetensors", {"v": np.arange(4)}, {"made": "here"})
    arrays, metadata = read_tensors(folder / "a.safetensors")
    assert arrays["v"].tolist() == [0, 1, 2, 3]
    assert metadata == {"made": "here"}
    write_tar(folder / "a.tar", [("x", b"1"), ("y", b"22")])
    assert list_tar(folder / "a.tar") == ["x", "y"]
    assert list(read_tar(folder / "a.tar")) == [("x", b"1"), ("y", b"22")]


def test_what_is_missing_is_named_as_on_a_disk(folder):
    for read, name in (
        (read_json, "a.json"),
        (lambda path: list(iterate_rows(path)), "a.parquet"),
        (read_tensors, "a.safetensors"),
    ):
        with pytest.raises(InputError, match=rf"{folder}/{name}: no such file; `dvc repro` makes it"):
            read(folder / name)
    with pytest.raises(InputError, match=r"a\.tar: no such file"):
        list_tar(folder / "a.tar")


def test_a_file_that_was_not_finished_is_not_seen(folder):
    def broken():
        yield "x", b"1"
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        write_tar(folder / "a.tar", broken())
    assert not (folder / "a.tar").exists()


def test_folders_are_listed_and_emptied(folder):
    for name in ("00001.tar", "00000.tar", "notes.tar", "deep/00002.tar"):
        write_text(folder / name, name)
    assert [path.name for path in list_shards(folder, "tar")] == ["00000.tar", "00001.tar"]
    fresh_folder(folder)
    assert list_shards(folder, "tar") == []
    assert list_shards(folder / "deep", "tar") == []
    fresh_folder(folder)


def test_files_and_folders_at_hand(folder, tmp_path):
    write_text(folder / "a.txt", "one")
    write_text(folder / "b" / "c.txt", "two")
    with at_hand(folder / "a.txt") as local:
        assert local.read_text() == "one"
    assert not local.exists()
    copied, keep = folder_at_hand(folder)
    assert (copied / "b" / "c.txt").read_text() == "two"
    keep.cleanup()
    assert not copied.exists()
    assert folder_at_hand(tmp_path) == (tmp_path, None)


def test_a_folder_filled_here_is_sent(folder):
    with local_folder(folder / "logs") as local:
        (local / "plots").mkdir()
        (local / "plots" / "loss.tsv").write_text("1")
    assert (folder / "logs" / "plots" / "loss.tsv").read_text() == "1"


def test_copies_between_places(folder, tmp_path):
    write_text(tmp_path / "a", "text")
    send(tmp_path / "a", folder / "a")
    copy(folder / "a", folder / "b")
    copy(folder / "b", tmp_path / "deep" / "c")
    copy(tmp_path / "deep" / "c", folder / "d")
    assert [path.read_text() for path in (folder / "b", tmp_path / "deep" / "c", folder / "d")] == ["text"] * 3


def test_the_work_cache_and_its_shards(folder):
    cache = WorkCache(folder / "cache")
    assert cache.get("words", "key") is None
    cache.put("words", "key", b"payload")
    assert cache.get("words", "key") == b"payload"
    made = []

    def build() -> int:
        made.append(1)
        write_text(folder / "out" / "00000.txt", "shard")
        return 7

    kept = cache.shards(folder / "out")
    for key, runs in (("one", 1), ("one", 1), ("other", 2)):
        fresh_folder(folder / "out")
        assert kept.get_or_build("train/00000", key, [folder / "out" / "00000.txt"], build) == 7
        assert (folder / "out" / "00000.txt").read_text() == "shard"
        assert len(made) == runs


def test_photos_in_a_store_are_read_where_the_csv_lies_or_the_parameters_say(folder, tmp_path):
    image = io.BytesIO()
    Image.new("RGB", (4, 3)).save(image, "PNG")
    for name, payload in (("good.png", image.getvalue()), ("text.png", b"text"), ("large.png", b"x" * 5000)):
        write_bytes(folder / name, payload)
    links = ["good.png", *(f"{folder}/{name}" for name in ("text.png", "large.png", "none.png"))]
    elsewhere = [f"{folder}-too/x.png", f"{folder}/../x.png", f"{folder.parent}/x.png", "s3://another-bucket/x.png"]
    params = replace(load_params(ROOT / "params.yaml").download, max_bytes=4000)

    def outcomes(origin: Path, links: list[str], named: tuple[str, ...] = ()) -> list[str]:
        folders = Folders(named, tmp_path)
        rows = [RawRow("a.csv", n, link, "", "width", "", "", origin, {}) for n, link in enumerate(links)]
        found = OfflineLookup(params, WorkCache(tmp_path), folders).find_all(folders.place_of(row) for row in rows)
        return [getattr(item.outcome, "reason", "ok") for item in found]

    assert outcomes(folder, links) == ["ok", "not_an_image", "too_large", "missing_file"]
    assert outcomes(folder, elsewhere) == ["refused_path"] * 4
    assert outcomes(folder, ["/etc/hostname", "file:///etc/hostname"]) == ["refused_path"] * 2
    assert outcomes(tmp_path, [f"{folder}/good.png"]) == ["refused_path"]
    assert outcomes(tmp_path, [f"{folder}/good.png", elsewhere[0]], (str(folder),)) == ["ok", "refused_path"]


# --- the pipeline


def _params(engine: str) -> Params:
    params = load_params(ROOT / "params.yaml")
    return replace(
        params,
        synthetic=replace(params.synthetic, train_photos=12, test_photos=2),
        download=replace(params.download, shard_size=4),
        labels=replace(params.labels, folds=2, development=0.3),
        ocr=replace(params.ocr, engines=("rapidocr",), rapidocr=replace(params.ocr.rapidocr, detection_side=736)),
        cnn=replace(params.cnn, weights="random"),
        train=replace(params.train, members=1, epochs=1),
        evaluate=replace(params.evaluate, bootstrap=10),
        export=replace(params.export, latency_runs=1, parity_rows=4),
        executor=ExecutorParams(engine, 2),
    )


STAGES = ("sources", "explore", "download", "preprocess", "labels", "cnn", "ocr", "candidates", "train", "evaluate")


def _run(params: Params, layout: Layout, *names: str) -> None:
    for name in names:
        importlib.import_module(f"imagequant.stages.{name}.run").run(params, layout)


@pytest.mark.slow
def test_the_pipeline_on_s3_with_ray_makes_what_it_makes_on_a_disk(bucket, tmp_path):
    """Workers share no folder: all they read and write lies in the bucket, and so do the photos."""
    here, there = Layout(tmp_path), Layout(location(f"{bucket}/project"))
    _run(_params("serial"), here, "synthetic")
    synthetic = here.data("synthetic")
    for path in synthetic.rglob("*"):
        if path.is_file():
            send(path, there.data("synthetic") / path.relative_to(synthetic).as_posix())
    _run(_params("serial"), here, *STAGES, "predict", "export")
    params = _params("ray")
    with cluster(params.executor):  # one for all stages: starting it takes seconds
        _run(params, there, *STAGES, "predict", "export")

    def files(layout: Layout) -> dict[str, bytes]:
        found = {}
        for area in ("data", "metrics", "models"):
            folder, _keep = folder_at_hand(layout.root / area)
            paths = (path for path in folder.rglob("*") if path.is_file())
            found |= {f"{area}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}
        return found

    ours, theirs = files(here), files(there)
    assert ours.keys() == theirs.keys()
    # Milliseconds differ from run to run; what TorchScript calls its values, with what the process traced before.
    alike = ours.keys() - {"metrics/export/latency.json", "models/export/ranker.torchscript"}
    assert {name for name in alike if ours[name] != theirs[name]} == set()
    for split in SPLITS:
        with (synthetic / f"{split}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        shards = list_shards(there.data("download") / split, "tar")
        assert sum(len(list_tar(path)) for path in shards) == len({row["image_link"] for row in rows})
