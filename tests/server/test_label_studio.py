from __future__ import annotations

import io
import json
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from tests.contest import CONTEST

from imagequant.cli import main
from imagequant.core.errors import InputError
from imagequant.core.files import write_csv
from imagequant.evaluation.scored_row import COLUMNS as SCORED
from imagequant.server.review.desk import Desk
from imagequant.server.review.label_studio import Imported, export_tasks, import_tasks
from imagequant.storage.labels import LABELS, LABELS_FILE, iterate_labels


@pytest.fixture
def desk(project: Any) -> Desk:
    return Desk(project, CONTEST)


def exported(desk: Desk, folder: Path) -> list[dict[str, Any]]:
    export_tasks(desk, folder, "http://photos/")
    tasks: list[dict[str, Any]] = json.loads((folder / "tasks.json").read_text())
    return tasks


def test_training_rows_are_exported_on_request(project: Any, tmp_path: Path) -> None:
    labels = list(iterate_labels(project.data("labels")))
    LABELS.write(project.data("labels") / LABELS_FILE, [replace(labels[0], split="train"), *labels[1:]])
    write_csv(project.metrics("evaluate") / "rows.csv", SCORED, ())
    desk = Desk(project, CONTEST)
    numbers = [row.source_row for row in desk.rows if row.part != "training"]
    assert [task["data"]["source_row"] for task in exported(desk, tmp_path)] == numbers
    export_tasks(desk, tmp_path, "", training=True)
    tasks = json.loads((tmp_path / "tasks.json").read_text())
    assert [task["data"]["source_row"] for task in tasks] == [*numbers, labels[0].source_row]
    assert tasks[-1]["predictions"] == []


def annotate(task: dict[str, Any], *results: dict[str, Any], **further: Any) -> None:
    task.setdefault("annotations", []).append({"result": list(results), "created_at": "2024-09-13", **further})


def text(value: str) -> dict[str, Any]:
    return {"from_name": "answer", "to_name": "photo", "type": "textarea", "value": {"text": [value]}}


ABSENT = {"from_name": "absent", "to_name": "photo", "type": "choices", "value": {"choices": ["not in the photo"]}}


def save(tasks: Any, folder: Path) -> Path:
    path = folder / "annotated.json"
    path.write_text(json.dumps(tasks))
    return path


def test_a_task_has_the_answer_and_its_place_in_percent(desk: Desk, tmp_path: Path, sha_of: Any) -> None:
    tasks = exported(desk, tmp_path)
    assert [task["data"]["source_row"] for task in tasks] == [row.source_row for row in desk.rows]
    first = tasks[0]
    assert first["data"]["image"] == f"http://photos/images/{sha_of('b.png')}.jpg"
    (prediction,) = first["predictions"]
    assert prediction["score"] == 0.45
    answer, place = prediction["result"]
    assert answer["value"] == {"text": ["7 gram"]}
    # 7 gram stands at (10, 30, 30, 40) on a photo of 80 by 60.
    value = place["value"]
    assert (value["x"], value["width"]) == (12.5, 25.0)
    assert (value["y"], value["height"]) == (pytest.approx(50.0), pytest.approx(100 / 6))
    assert (place["original_width"], place["original_height"]) == (80, 60)
    assert tasks[-1]["predictions"] == []  # silence
    shown = Image.open(io.BytesIO((tmp_path / "images" / f"{sha_of('b.png')}.jpg").read_bytes()))
    assert shown.size == (80, 60)


def test_the_configuration_names_what_tasks_and_results_name(desk: Desk, tmp_path: Path) -> None:
    tasks = exported(desk, tmp_path)
    view = ET.parse(tmp_path / "config.xml").getroot()
    names = {each.get("name") for each in view}
    used = {result["from_name"] for task in tasks for each in task["predictions"] for result in each["result"]}
    assert used <= names
    variables = {part.strip("$;,") for each in view for part in each.get("value", "").split() if part.startswith("$")}
    assert variables <= set(tasks[0]["data"])


def test_annotations_come_back_as_decisions_and_decided_rows_are_tasks_no_more(
    desk: Desk, project: Any, tmp_path: Path
) -> None:
    tasks = exported(desk, tmp_path)
    annotate(tasks[0], *tasks[0]["predictions"][0]["result"])  # confirmed as it was
    annotate(tasks[1], text("1 gram"))
    annotate(tasks[1], text("0.50 kilogram"), created_at="2024-09-14")  # thought again
    annotate(tasks[2], ABSENT)
    annotate(tasks[3], text("9 gram"), was_cancelled=True)  # skipped
    annotate(tasks[4])  # submitted empty
    path = save(tasks, tmp_path)
    assert import_tasks(desk, path) == Imported(3, ())
    decided = {each.key: each for each in desk.store.corrections()}
    assert {key: each.entity_value for key, each in decided.items()} == {
        desk.rows[0].key: "7 gram", desk.rows[1].key: "0.5 kilogram", desk.rows[2].key: "",
    }  # fmt: skip
    assert {each.reviewer for each in decided.values()} == {"label-studio"}
    assert "0.5 kilogram" in (project.root / "data/corrections.csv").read_text()
    assert import_tasks(desk, path) == Imported(0, ())
    assert len(exported(desk, tmp_path / "again")) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda tasks: annotate(tasks[0], text("5 volt")),
            "task 1 (raw/train.csv, row 2): value: '5 volt': unit of another entity; allowed: a number and a unit of",
        ),
        (
            lambda tasks: tasks[0]["data"].update(source="other.csv") or annotate(tasks[0], ABSENT),
            "task 1 (other.csv, row 2): not one of the rows to review",
        ),
        (lambda tasks: tasks[0].pop("data"), "task 1: not a task from `imagequant label-studio export`"),
    ],
)
def test_a_task_that_cannot_be_used_is_named_and_the_others_are_taken_in(
    change: Any, says: str, desk: Desk, tmp_path: Path
) -> None:
    tasks = exported(desk, tmp_path)
    annotate(tasks[1], ABSENT)
    change(tasks)
    path = save(tasks, tmp_path)
    imported = import_tasks(desk, path)
    assert imported.decided == 1 and len(imported.rejected) == 1
    assert imported.rejected[0].startswith(f"{path}, {says}")
    assert [each.key for each in desk.store.corrections()] == [desk.rows[1].key]


def test_units_may_be_written_as_people_write_them(desk: Desk, tmp_path: Path) -> None:
    tasks = exported(desk, tmp_path)
    annotate(tasks[0], text("17 g"))
    annotate(tasks[1], text("1/2 kg"))
    assert import_tasks(desk, save(tasks, tmp_path)) == Imported(2, ())
    assert {each.entity_value for each in desk.store.corrections()} == {"17 gram", "0.5 kilogram"}


def test_a_file_that_is_no_list_of_tasks_is_named_in_plain_words(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a list of tasks"):
        import_tasks(desk, save({"tasks": []}, tmp_path))
    with pytest.raises(InputError, match=r"nowhere.json: No such file"):
        import_tasks(desk, tmp_path / "nowhere.json")
    (tmp_path / "tasks.csv").write_text("id,answer\n")
    with pytest.raises(InputError, match=r"tasks.csv: not a JSON file; in Label Studio, export as JSON$"):
        import_tasks(desk, tmp_path / "tasks.csv")


def test_the_commands_do_both(project: Any, tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parents[2] / "params.yaml", project.root)
    root = ["--root", str(project.root)]
    done = CliRunner().invoke(main, ["label-studio", "export", str(tmp_path / "out"), *root])
    assert done.exit_code == 0 and "5 tasks in" in done.output
    tasks = json.loads((tmp_path / "out/tasks.json").read_text())
    annotate(tasks[0], ABSENT)
    done = CliRunner().invoke(main, ["label-studio", "import", str(save(tasks, tmp_path)), *root])
    assert done.exit_code == 0 and "1 rows decided, 0 tasks rejected" in done.output
    annotate(tasks[1], text("5 volt"))
    annotate(tasks[2], ABSENT)
    done = CliRunner().invoke(main, ["label-studio", "import", str(save(tasks, tmp_path)), *root])
    assert done.exit_code == 1 and "1 rows decided, 1 tasks rejected" in done.output
    assert "task 2 (raw/test.csv, row 1): value: '5 volt'" in done.output
