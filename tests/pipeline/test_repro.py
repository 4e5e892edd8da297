"""The real pipeline on a small synthetic set: every stage, the same bytes twice, and only what changed re-runs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.contest import CONTEST

pytestmark = pytest.mark.slow
# Contest F1 of a model that works, however few its photos are: 0.53 and 0.76 when this was written.
VALIDATION_FLOOR, TRAINING_FLOOR = 0.3, 0.6
AFTER_TRAIN = {"train", "evaluate", "predict", "export", "readings", "check"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_stage_leaves_what_it_promises(project: Any) -> None:
    root = project.root
    summary = json.loads((root / "metrics/evaluate/summary.json").read_text())
    for key in (
        "contest_f1",
        "exact_match",
        "oracle_recall",
        "precision",
        "recall",
        "rows",
        "cnn_weights",
        "by_entity",
    ):
        assert key in summary
    assert summary["cnn_weights"] == "efficientnet_lite0, pretrained"
    # The generated photos print their answers legibly: well below this, OCR, the grammar or the model is broken.
    assert summary["contest_f1"] > VALIDATION_FLOOR
    assert json.loads((root / "metrics/candidates/oracle_recall.json").read_text())["oracle_recall"] > 0.75
    assert (root / "data/evaluate/report.html").stat().st_size > 10_000
    test = rows(root / "data/synthetic/test.csv")
    answered = rows(root / "data/predict/test_out.csv")
    assert [row["index"] for row in answered] == [row["index"] for row in test]
    assert set(answered[0]) == {"index", "prediction"}
    for name in ("network.safetensors", "config.json"):
        assert (root / "models/train" / name).exists()
    for name in ("ranker.onnx", "ranker.torchscript", "backbone.onnx"):
        assert (root / "models/export" / name).exists()
    readings = json.loads((root / "metrics/readings/summary.json").read_text())
    assert readings["several_products"]["photos"] == 4
    assert readings["several_products"]["recall"] > 0.5
    assert len(list((root / "data/readings").iterdir())) == 7
    latency = json.loads((root / "metrics/export/latency.json").read_text())
    assert max(latency["largest_difference"].values()) <= 1e-5


def test_every_table_is_checked_and_a_row_that_is_not_as_declared_is_named(project: Any) -> None:
    tables = json.loads((project.root / "metrics/check/tables.json").read_text())
    assert all(table["rows"] > 0 and not table["violations"] for table in tables.values())
    assert len(tables) == 19
    path = project.root / "metrics/evaluate/rows.csv"
    text = path.read_text()
    header, first, *rest = text.splitlines()
    path.write_text("\n".join([header, first.replace(first.split(",")[4], "0" * 64), *rest, ""]))
    try:
        done = project.run("imagequant", "check", check=False)
    finally:
        path.write_text(text)
        project.run("dvc", "checkout", "--force", "check")
    assert done.returncode == 1
    assert "rows.csv, row 1: column sha256 must be in column sha256 of candidates/train, not '000" in done.stderr
    assert "imagequant: evaluate: 1 violations in" in done.stderr


def test_the_validation_rows_share_no_image_with_the_others(project: Any) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(project.root / "data/labels/labels.parquet", columns=["sha256", "split"]).to_pylist()
    sides: dict[str, set[str]] = {}
    for row in table:
        sides.setdefault(row["sha256"], set()).add(row["split"])
    assert all(len(splits) == 1 for splits in sides.values())
    assert {row["split"] for row in table} == {"train", "development", "validation"}


def test_a_second_repro_runs_nothing(project: Any) -> None:
    assert project.stages_run("dvc", "repro") == []


def test_more_workers_run_nothing_again(project: Any) -> None:
    path = project.root / "params.yaml"
    text = path.read_text()
    path.write_text(text.replace("workers: 0", "workers: 7"))
    try:
        assert project.stages_run("dvc", "repro") == []
    finally:
        path.write_text(text)


def test_an_experiment_on_train_runs_what_follows_and_switching_back_restores_from_the_run_cache(project: Any) -> None:
    lock = project.lock()
    try:
        assert set(project.stages_run("dvc", "exp", "run", "-S", "train.lr=3e-4")) == AFTER_TRAIN
        assert "summary.json" in project.run("dvc", "metrics", "diff").stdout
        assert project.lock() != lock
    finally:
        project.run("git", "checkout", "--", "params.yaml")
    # All but the figures that git keeps, which DVC's cache does not hold: they are worked out again, to the same bytes.
    assert project.stages_run("dvc", "repro") == ["evaluate", "readings"]
    assert project.lock() == lock
    assert project.run("git", "status", "--porcelain").stdout == ""


def test_own_data_one_file_then_a_list_then_an_edit(project: Any, tmp_path: Path) -> None:
    # The generated photos's own photos, named by a CSV elsewhere: as paths relative to it, and by file://.
    images = sorted((project.root / "data/synthetic/images").iterdir())[:14]
    folder = tmp_path / "mine"
    folder.mkdir()
    one, two = folder / "one.csv", folder / "two.csv"
    header = "image_link,group_id,entity_name,entity_value,note\n"
    one.write_text(header + "".join(f"file://{path},1,item_weight,500 gram,\n" for path in images))
    two.write_text(header + f"missing.jpg,1,width,10 inch,lost\nfile://{images[0]},1,width,10 inch,kept\n")

    def load(*sources: Path) -> list[str]:
        named = ",".join(str(source) for source in sources)
        value = f"[{named}]" if len(sources) > 1 else named
        settings = (f"sources.train={value}", f"download.folders=[{images[0].parent}]")
        return project.stages_run("dvc", "exp", "run", *(f"-S{setting}" for setting in settings), "labels")

    try:
        assert {"sources", "download", "labels"} <= set(load(one))
        assert len(_labels(project)) == 14
        load(one, two)
        labels = _labels(project)
        assert len(labels) == 16
        assert labels[14]["sha256"] == ""  # a photo that could not be had is a row all the same
        assert json.loads(labels[15]["extra"]) == {"note": "kept"}
        # Editing a raw file in place is seen.
        two.write_text(header + f"file://{images[1]},1,width,12 inch,edited\n")
        assert "labels" in project.stages_run("dvc", "repro", "labels")
        assert len(_labels(project)) == 15
    finally:
        project.run("git", "checkout", "--", ".")
        project.run("dvc", "checkout")


def _labels(project: Any) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(project.root / "data/labels/labels.parquet").to_pylist()
    return found


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        ("sources.train=nowhere.csv", "nowhere.csv"),
        ("labels.train_only=[other.csv]", "labels.train_only"),
        ("ocr.merge_overlap=2", "ocr.merge_overlap"),
        ("cnn.weights=nowhere.pth", "cnn.weights"),
        ("cnn.precision=bf16", "cnn.precision: bf16"),
    ],
)
def test_a_wrong_setting_stops_with_one_line_that_names_it(project: Any, setting: str, names: str) -> None:
    done = project.run("dvc", "exp", "run", "-S", setting, check=False)
    project.run("git", "checkout", "--", ".")
    project.run("dvc", "checkout")
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if line.startswith("imagequant: ")]
    assert len(lines) == 1, done.stderr[-2000:]
    assert names in lines[0]


def test_predict_answers_what_the_photos_print(project: Any, tmp_path: Path) -> None:
    from imagequant.quantity.labels import parse_label
    from imagequant.quantity.scoring import Quantity, outcome, parse_prediction, score

    table = tmp_path / "answers.csv"
    folder = project.root / "data/synthetic"
    project.run("imagequant", "predict", str(folder / "train.csv"), "--csv", str(table))
    answers = {(row["photo"], row["entity"]): row["text"] for row in rows(table)}
    outcomes = []
    for row in rows(folder / "train.csv"):
        label = parse_label(row["entity_value"], CONTEST.entities[row["entity_name"]])
        answer = parse_prediction(answers[row["image_link"], row["entity_name"]], CONTEST.entities[row["entity_name"]])
        truths = [Quantity(label.value, label.unit)] if label.status == "ok" and not label.is_range else []
        outcomes.append(outcome(answer, truths, answerable=label.status == "ok"))
    # The model has trained on most of these photos, which print their answers legibly.
    assert score(outcomes).contest_f1 > TRAINING_FLOOR


def test_predict_names_the_file_that_is_not_a_photo(project: Any, tmp_path: Path) -> None:
    photo = sorted((project.root / "data/synthetic/images").iterdir())[0]
    bad = tmp_path / "note.txt"
    bad.write_text("not an image")
    done = project.run(
        "imagequant", "predict", str(photo), str(bad), "-e", "width", "-e", "item_weight", "--json", check=False
    )
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if str(bad) in line]
    answer, failed = map(json.loads, done.stdout.splitlines())
    assert failed["error"] == f"{bad}: not an image"
    assert (answer["photo"], answer["error"]) == (str(photo), "")
    assert [prediction["entity"] for prediction in answer["predictions"]] == ["width", "item_weight"]
    assert all(0 <= prediction["confidence"] <= 1 for prediction in answer["predictions"])


def test_nothing_but_links_needs_a_network(project: Any, no_network: tuple[str, ...]) -> None:
    """All stages have run without one (the fixture's `dvc repro`); so does an answer."""
    reach = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    assert "unreachable" in project.run(*no_network, "python", "-c", reach, check=False).stderr
    photo = next((project.root / "data/synthetic/images").iterdir())
    answers = json.loads(project.run(*no_network, "imagequant", "predict", str(photo), "--json").stdout)
    assert len(answers["predictions"]) == 8


def test_predictor_agrees_with_the_pipeline(project: Any) -> None:
    """One photo at a time from the exported model, or all at once through the stages: the same answers."""
    from imagequant import load_predictor

    predictor = load_predictor(project.root / "models/export")
    answers = {row["index"]: row["prediction"] for row in rows(project.root / "data/predict/test_out.csv")}
    for row in rows(project.root / "data/synthetic/test.csv"):
        photo = project.root / "data/synthetic" / row["image_link"]
        (prediction,) = predictor.predict(photo, [row["entity_name"]], group_id=row["group_id"])
        assert prediction.text == answers[row["index"]], row
        if prediction.quantity is not None:
            assert prediction.box is not None
            assert prediction.words
