"""The stage as a whole: what it writes, and that its bytes depend on seed and photo number alone."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tests.contest import CONTEST

from imagequant.params import ExecutorParams, Params, SyntheticParams, load_params
from imagequant.quantity.labels import parse_label
from imagequant.stages.synthetic.run import run
from imagequant.storage.layout import Layout
from imagequant.storage.tables import iterate_rows
from imagequant.synthetic.photo import KINDS

ROOT = Path(__file__).resolve().parents[3]


def _generate(folder: Path, train: int, test: int, engine: ExecutorParams, seed: int = 3) -> Path:
    params: Params = load_params(ROOT / "params.yaml")
    params = replace(params, synthetic=SyntheticParams(seed, train, test), executor=engine)
    run(params, Layout(folder))
    return folder / "data" / "synthetic"


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SERIAL = ExecutorParams("serial", 0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _generate(tmp_path_factory.mktemp("small"), 18, 4, SERIAL)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # More photos, over processes: both must leave the earlier photos as they were.
    return _generate(tmp_path_factory.mktemp("larger"), 60, 20, ExecutorParams("process", 2))


def test_the_same_bytes_serially_and_over_two_processes(small: Path, tmp_path: Path) -> None:
    again = _generate(tmp_path, 18, 4, ExecutorParams("process", 2))
    assert _bytes(again) == _bytes(small)


def test_more_photos_keep_the_earlier_ones(small: Path, larger: Path) -> None:
    images = _bytes(small / "images")
    assert images.items() <= _bytes(larger / "images").items()
    for name in ("train.csv", "test.csv", "test_answers.csv"):
        earlier = (small / name).read_bytes()
        assert (larger / name).read_bytes().startswith(earlier)


def test_another_seed_draws_other_photos(small: Path, tmp_path: Path) -> None:
    other = _generate(tmp_path, 2, 1, SERIAL, seed=4)
    assert (other / "images").iterdir()
    assert not set(_bytes(other / "images").values()) & set(_bytes(small / "images").values())


def test_columns_links_and_index_are_those_of_the_contest(larger: Path) -> None:
    train, test, answers = (_rows(larger / name) for name in ("train.csv", "test.csv", "test_answers.csv"))
    assert list(train[0]) == ["image_link", "group_id", "entity_name", "entity_value"]
    assert list(test[0]) == ["index", "image_link", "group_id", "entity_name"]
    assert list(answers[0]) == ["index", "entity_value"]
    index = [int(row["index"]) for row in test]
    assert index == sorted(set(index))
    assert index != list(range(len(index)))
    assert index == [int(row["index"]) for row in answers]
    links = {row["image_link"] for row in train + test}
    assert links == {f"images/{path.name}" for path in (larger / "images").iterdir()}
    assert not {row["image_link"] for row in train} & {row["image_link"] for row in test}


def test_every_image_decodes(larger: Path) -> None:
    for path in (larger / "images").iterdir():
        with Image.open(path) as image:
            image.load()
            assert image.format == {".jpg": "JPEG", ".png": "PNG"}[path.suffix]
            assert 190 <= min(image.size) <= max(image.size) <= 1500


def test_every_label_is_a_contest_label(larger: Path) -> None:
    train = _rows(larger / "train.csv")
    test = {row["index"]: row for row in _rows(larger / "test.csv")}
    labelled = [(row["entity_name"], row["entity_value"]) for row in train]
    labelled += [(test[row["index"]]["entity_name"], row["entity_value"]) for row in _rows(larger / "test_answers.csv")]
    for entity, value in labelled:
        assert entity in CONTEST.names
        assert parse_label(value, CONTEST.entities[entity]).status == ("ok" if value else "empty"), (entity, value)


def test_a_photo_asks_for_an_entity_once(larger: Path) -> None:
    asked = Counter((row["image_link"], row["entity_name"]) for row in _rows(larger / "train.csv"))
    assert max(asked.values()) == 1


def test_boxes_name_the_answered_questions_and_lie_on_their_photos(larger: Path) -> None:
    boxes = list(iterate_rows(larger / "boxes.parquet"))
    train = _rows(larger / "train.csv")
    answered = {(row["image_link"], row["entity_name"]) for row in train if row["entity_value"]}
    assert answered == {
        (b["image_link"], b["entity_name"]) for b in boxes if b["image_link"].startswith("images/train")
    }
    assert {box["kind"] for box in boxes} <= {kind.name for kind in KINDS}
    for box in boxes:
        with Image.open(larger / box["image_link"]) as image:
            width, height = image.size
        assert 0 <= box["x0"] < box["x1"] <= width + 1
        assert 0 <= box["y0"] < box["y1"] <= height + 1
        assert box["text"].strip()
