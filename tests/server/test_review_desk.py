from __future__ import annotations

import csv
import io
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from tests.contest import CONTEST

from imagequant.core.errors import InputError
from imagequant.core.files import write_csv
from imagequant.evaluation.scored_row import COLUMNS as SCORED
from imagequant.server.factory import create_app
from imagequant.server.review.desk import Desk
from imagequant.server.settings import Settings
from imagequant.storage.labels import LABELS, LABELS_FILE, iterate_labels
from imagequant.storage.raw import COLUMNS, read_corrections, write_corrections

TOKEN = "correct horse battery"


@pytest.fixture
def desk(project: Any) -> Desk:
    return Desk(project, CONTEST)


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return TestClient(create_app(Settings(), [], CONTEST, desk), base_url="http://localhost")


def lines(project: Any) -> list[dict[str, str]]:
    with (project.root / "data/corrections.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def decide(client: TestClient, verdict: str, value: str = "", who: str = "anna") -> Any:
    item = client.get("/v1/review/next", params={"reviewer": who}).json()["item"]
    body = {
        "reviewer": who, "source": item["source"], "source_row": item["source_row"], "verdict": verdict, "value": value,
    }  # fmt: skip
    return client.post("/v1/review/decisions", json=body)


def test_a_row_comes_with_what_was_read_the_answer_first(client: TestClient, sha_of: Any) -> None:
    item = client.get("/v1/review/next", params={"reviewer": "anna"}).json()["item"]
    assert (item["source"], item["source_row"], item["sha256"]) == ("raw/train.csv", 2, sha_of("b.png"))
    assert (item["label"], item["prediction"], item["confidence"]) == ("8 gram", "7 gram", 0.45)
    # Volts are no weight, and 7 gram stands on the photo twice.
    assert [choice["text"] for choice in item["choices"]] == ["7 gram", "5 gram"]
    assert item["choices"][0]["box"] == {"x0": 10, "y0": 30, "x1": 30, "y1": 40}
    assert "gram" in item["units"] and "volt" not in item["units"]


def test_what_is_decided_stands_in_the_file_at_once_in_the_order_of_rows(client: TestClient, project: Any) -> None:
    assert decide(client, "corrected", "8.50 gram").status_code == 200  # train, row 2
    assert decide(client, "accepted").status_code == 200  # test, row 1
    assert decide(client, "kept").status_code == 200  # train, row 3: its label is empty
    assert decide(client, "absent").status_code == 200  # train, row 1
    answer = decide(client, "skipped").json()  # test, row 2
    assert answer["item"] is None
    assert answer["progress"] == {"rows": 5, "decided": 4, "mine": 4, "others_looking": 0}
    assert list(lines(project)[0]) == list(COLUMNS)
    assert [(row["source"], row["source_row"], row["image_link"], row["entity_value"]) for row in lines(project)] == [
        ("raw/test.csv", "1", "d.png", "5 gram"),
        ("raw/train.csv", "1", "a.png", ""),
        ("raw/train.csv", "2", "b.png", "8.5 gram"),
        ("raw/train.csv", "3", "c.png", ""),
    ]
    assert {row["reviewer"] for row in lines(project)} == {"anna"}
    client.post("/v1/review/undo", json={"reviewer": "anna"})  # the row that was skipped
    client.post("/v1/review/undo", json={"reviewer": "anna"})
    assert [row["image_link"] for row in lines(project)] == ["d.png", "b.png", "c.png"]


@pytest.mark.parametrize(
    ("verdict", "value", "says"),
    [
        ("corrected", "", "value: '': empty; allowed: a number and a unit of item_weight: gram,"),
        ("corrected", "5 volt", "unit of another entity"),
        ("corrected", "-5 gram", "not positive"),
        ("corrected", "<b>5</b>", "not a quantity"),
        ("praised", "", "verdict: Input should be 'accepted'"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(
    verdict: str, value: str, says: str, client: TestClient, project: Any
) -> None:
    answer = decide(client, verdict, value)
    assert answer.status_code == 422 and says in answer.json()["message"]
    assert not lines(project) if (project.root / "data/corrections.csv").exists() else True


def test_an_answer_or_a_label_that_is_not_there_cannot_be_accepted_or_kept(desk: Desk) -> None:
    unanswered = next(row for row in desk.rows if not row.prediction)
    with pytest.raises(InputError, match="accepted: the model gave no answer"):
        desk.decide("anna", unanswered, "accepted")
    with pytest.raises(InputError, match="kept: the row has no label"):
        desk.decide("anna", unanswered, "kept")


def test_two_reviewers_get_two_rows_and_the_slower_one_is_told(client: TestClient) -> None:
    first = client.get("/v1/review/next", params={"reviewer": "anna"}).json()["item"]
    other = client.get("/v1/review/next", params={"reviewer": "ben"}).json()["item"]
    assert first["source_row"] != other["source_row"] or first["source"] != other["source"]
    body = {"reviewer": "ben", "source": first["source"], "source_row": first["source_row"], "verdict": "absent"}
    answer = client.post("/v1/review/decisions", json=body)
    assert answer.status_code == 409 and "anna is looking at it" in answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/review/decisions", {"reviewer": "a", "source": "x", "source_row": 1, "verdict": "absent"}, 404),
        ("/v1/review/undo", {"reviewer": "a"}, 404),
        ("/v1/review/undo", {"reviewer": "<script>"}, 422),
        ("/v1/review/undo", {}, 422),
    ],
)
def test_requests_that_lead_nowhere(path: str, body: Any, status: int, client: TestClient) -> None:
    assert client.post(path, json=body).status_code == status


def test_names_have_letters_of_any_script_and_an_e_with_dots_is_one_name(client: TestClient) -> None:
    names = [
        client.get("/v1/review/next", params={"reviewer": name}).json()["reviewer"]
        for name in ("Zo\u00eb", "Zoe\u0308", "\u674e \u660e", "J\u00f6rg O'Neill")
    ]
    assert names == ["Zo\u00eb", "Zo\u00eb", "\u674e \u660e", "J\u00f6rg O'Neill"]
    answer = client.get("/v1/review/next", params={"reviewer": "<Zo\u00eb>"})
    assert answer.status_code == 422 and "letters, digits, spaces" in answer.json()["message"]


def rows_asked(client: TestClient, **selection: Any) -> list[tuple[str, int]]:
    """Decides all selected rows; returns them."""
    found = []
    while item := client.get("/v1/review/next", params={"reviewer": "anna", **selection}).json()["item"]:
        found.append((item["part"], item["source_row"]))
        body = {"reviewer": "anna", "source": item["source"], "source_row": item["source_row"], "verdict": "absent"}
        client.post("/v1/review/decisions", params=selection, json=body)
    return found


@pytest.mark.parametrize(
    ("selection", "rows"),
    [
        ({"part": "test"}, [("test", 1), ("test", 2)]),
        ({"part": "training"}, []),
        ({"low": 0.5, "high": 0.7}, [("test", 1), ("validation", 3)]),
        ({"entity": "voltage"}, []),
        ({"entity": "item_weight", "part": "validation", "high": 0.5}, [("validation", 2)]),
    ],
)
def test_rows_are_selected_by_entity_part_and_confidence(
    selection: dict[str, Any], rows: list[tuple[str, int]], client: TestClient
) -> None:
    before = client.get("/v1/review/next", params={"reviewer": "anna", **selection}).json()["progress"]
    assert before["rows"] == len(rows)
    assert rows_asked(client, **selection) == rows


def test_training_rows_come_last_those_with_unusable_labels_first(project: Any) -> None:
    labels = list(iterate_labels(project.data("labels")))
    training = replace(labels[0], split="train")
    rejected = replace(labels[2], split="train", entity_value="heavy", status="rejected", reason="not_a_quantity")
    LABELS.write(project.data("labels") / LABELS_FILE, [training, labels[1], rejected])
    write_csv(project.metrics("evaluate") / "rows.csv", SCORED, ())
    desk = Desk(project, CONTEST)
    assert [(row.part, row.source_row) for row in desk.rows] == [
        ("test", 1), ("test", 2), ("training", 3), ("training", 1),
    ]  # fmt: skip
    assert desk.rows[2].problem == "not a quantity" and desk.rows[2].prediction == ""
    client = TestClient(create_app(Settings(), [], CONTEST, desk), base_url="http://localhost")
    item = client.get("/v1/review/next", params={"reviewer": "anna", "part": "training"}).json()["item"]
    assert (item["label"], [each["text"] for each in item["choices"]]) == ("heavy", ["5 gram", "7 gram"])
    desk.decide("anna", desk.rows[2], "corrected", "9 gram")
    assert lines(project)[0]["entity_value"] == "9 gram"


def test_a_link_opens_a_row_free_decided_or_taken(client: TestClient) -> None:
    def opened(row: int, who: str) -> Any:
        return client.get("/v1/review/row", params={"reviewer": who, "source": "raw/train.csv", "source_row": row})

    assert opened(1, "anna").json()["item"]["decided"] is None
    taken = opened(1, "ben")
    assert taken.status_code == 409 and "anna is looking at it" in taken.json()["message"]
    body = {"source": "raw/train.csv", "source_row": 1}
    client.post("/v1/review/decisions", json={"reviewer": "anna", "verdict": "corrected", "value": "9 gram", **body})
    for who in ("anna", "ben"):
        assert opened(1, who).json()["item"]["decided"] == {"reviewer": "anna", "value": "9 gram"}
    assert decide(client, "absent").status_code == 200  # another row: not the last decision now
    assert client.post("/v1/review/undo", json={"reviewer": "ben", **body}).status_code == 404
    undone = client.post("/v1/review/undo", json={"reviewer": "anna", **body}).json()
    assert undone["item"]["source_row"] == 1 and undone["item"]["decided"] is None
    assert opened(9, "anna").status_code == 404


def test_a_body_that_is_not_json_or_has_unknown_fields_is_said_in_plain_words(client: TestClient) -> None:
    answer = client.post("/v1/review/undo", content=b"reviewer=anna", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["message"]) == (422, "the body is not JSON")
    answer = client.post("/v1/review/undo", json={"reviewer": "anna", "wrong": 1})
    assert (answer.status_code, answer.json()["message"]) == (422, "wrong: unknown field")


REPORT = (
    '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;sha256-x&#39;">'
    '<div id="made">opened as a file</div><p>figures</p>'
)


def test_the_report_is_served_with_its_commit_and_its_own_policy(client: TestClient, project: Any) -> None:
    assert client.get("/report").status_code == 404
    path = project.data("evaluate") / "report.html"
    path.parent.mkdir(parents=True)
    path.write_text(REPORT)
    served = client.get("/report")
    assert served.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'sha256-x'; frame-ancestors 'none'"
    )
    assert "opened as a file" not in served.text and "Recorded by" not in served.text  # no git here

    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        command = ["git", "-C", str(project.root), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    lock = project.root / "dvc.lock"
    lock.write_text("stages: {train: {params: {params.yaml: {train: {lr: 0.001, trees: {weight: 0.85}}}}}}\n")
    git("init", "-q")
    git("add", "dvc.lock")
    git("commit", "-qm", "results")
    text = client.get("/report").text
    assert f"<p>Recorded by commit {git('log', '-1', '--format=%h of %cs')}.</p>" in text
    assert '<th scope="row">train.lr</th><td>0.001</td>' in text
    assert '<th scope="row">train.trees.weight</th><td>0.85</td>' in text and text.endswith("<p>figures</p>")
    lock.write_text(f"{lock.read_text()}# changed\n")
    assert "dvc.lock has changed without a commit" in client.get("/report").text
    assert path.read_text() == REPORT


def test_photos_are_upright_jpegs_and_nothing_else_can_be_had(client: TestClient, sha_of: Any) -> None:
    answer = client.get(f"/v1/review/photos/{sha_of('a.png')}")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (80, 60)
    assert client.get(f"/v1/review/photos/{'0' * 64}").status_code == 404
    for name in ("..%2f..%2fmanifest.parquet", "manifest.parquet", "../../etc/passwd"):
        assert client.get(f"/v1/review/photos/{name}").status_code in (404, 422)


def test_the_name_given_with_the_token_is_who_decides(desk: Desk, project: Any) -> None:
    client = TestClient(create_app(Settings(token=TOKEN), [], CONTEST, desk), base_url="http://localhost")
    client.auth = ("ben", TOKEN)
    assert decide(client, "accepted", who="anna").json()["reviewer"] == "ben"
    assert lines(project)[0]["reviewer"] == "ben"
    assert 'data-reviewer="ben"' in client.get("/review").text


def test_names_are_no_html(desk: Desk) -> None:
    client = TestClient(create_app(Settings(token=TOKEN), [], CONTEST, desk), base_url="http://localhost")
    page = client.get("/review", auth=('"><script>x</script>', TOKEN)).text
    assert "<script>x" not in page and "&lt;script&gt;" in page


def test_corrections_that_came_with_git_are_decided_rows(project: Any) -> None:
    first = Desk(project, CONTEST)
    first.decide("anna", first.rows[0], "absent")
    (project.root / "data/review.sqlite").unlink()
    again = Desk(project, CONTEST)
    row = again.store.next("ben")
    assert row is not None and row != first.rows[0]
    assert again.store.corrections() == first.store.corrections()


def test_without_review_there_is_none() -> None:
    client = TestClient(create_app(Settings(), [], CONTEST), base_url="http://localhost")
    assert client.get("/review").status_code == 404
    assert client.get("/v1/review/next", params={"reviewer": "a"}).status_code == 404
    assert "Review" not in client.get("/").text


def test_nothing_to_review_is_said(tmp_path: Path) -> None:
    from imagequant.server.review.rows import review_rows
    from imagequant.storage.layout import Layout

    with pytest.raises(InputError, match="--review: no rows with a photo"):
        review_rows(Layout(tmp_path))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source,source_row\n", "no column image_link"),
        (f"{','.join(COLUMNS)}\nx,one,,,,,,\n", "line 2: source_row: 'one' is not a row number"),
        (f"{','.join(COLUMNS)}\nx,1,,,,,,\nx,1,,,,,,\n", "line 3: x, row 1 is there twice"),
    ],
)
def test_a_file_of_corrections_that_cannot_be_read_is_named(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=f"{path}.*{says}"):
        read_corrections(path)


def test_corrections_come_back_as_they_were_written(desk: Desk, tmp_path: Path) -> None:
    desk.decide("anna", desk.rows[0], "corrected", "12.5 gram")
    desk.decide("anna", desk.rows[1], "absent")
    path = tmp_path / "corrections.csv"
    write_corrections(path, reversed(desk.store.corrections()))
    assert read_corrections(path) == desk.store.corrections()
    assert read_corrections(tmp_path / "nowhere.csv") == []
