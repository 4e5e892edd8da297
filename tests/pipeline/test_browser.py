"""A person's way through the pages in a real browser: the generated photos, the model trained on it, the command.

``IMAGEQUANT_SCREENSHOTS=docs/images`` makes the README's pictures on the way; ``IMAGEQUANT_SHOWN=.`` takes the project
there, with its model, instead of the small clone.
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.slow
READ_BY_REVIEW = (
    "data/labels", "data/download", "data/candidates", "data/predict", "data/sources", "data/synthetic",
    "metrics/evaluate", "models/export", "params.yaml",
)  # fmt: skip


@pytest.fixture(scope="module")
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder that may be written to: what the review reads is linked into it."""
    named = os.environ.get("IMAGEQUANT_SHOWN")
    origin = Path(named) if named else request.getfixturevalue("project").root
    folder = tmp_path_factory.mktemp("shown")
    for name in READ_BY_REVIEW:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to((origin / name).resolve())
    return folder


@pytest.fixture(scope="module")
def address(shown: Path) -> Iterator[str]:
    """``imagequant serve`` as people start it."""
    with (shown / "log").open("w") as log:
        command = [Path(sys.executable).with_name("imagequant"), "serve", "--review", "--port", "0"]
        server = subprocess.Popen(command, cwd=shown, stderr=log)
    try:
        yield f"http://127.0.0.1:{_port(shown / 'log', server)}"
    finally:
        server.terminate()
        assert server.wait(60) in (0, -signal.SIGTERM)


def _port(log: Path, server: subprocess.Popen[bytes]) -> int:
    while server.poll() is None:
        for line in log.read_text().splitlines():
            if (said := json.loads(line))["event"] == "listening":
                return int(said["port"])
    raise AssertionError(log.read_text())


def printed_answers(root: Path) -> Iterator[tuple[Path, str, str, dict[str, float]]]:
    """Photo, entity, answer, and where it is printed, of photos that print one answer to the question."""
    boxes = pq.read_table(root / "data/synthetic/boxes.parquet").to_pylist()
    with (root / "data/synthetic/train.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            name = (row["image_link"], row["entity_name"])
            found = [box for box in boxes if (box["image_link"], box["entity_name"]) == name]
            if len(found) == 1 and row["entity_value"]:
                yield root / "data/synthetic" / row["image_link"], row["entity_name"], row["entity_value"], found[0]


def ask(address: str, photo: Path, entity: str) -> Any:
    body = (
        f'--x\r\nContent-Disposition: form-data; name="entity"\r\n\r\n{entity}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n'
    ).encode()
    request = urllib.request.Request(
        f"{address}/v1/predict",
        body + photo.read_bytes() + b"\r\n--x--\r\n",
        {"Content-Type": "multipart/form-data; boundary=x"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["predictions"][0]


def test_a_photo_is_dropped_and_the_box_stands_where_the_answer_is_printed(
    address: str, shown: Path, open_page: Any, save_screenshot: Any
) -> None:
    # A photo this model answers right: here it is asked where the page shows it, not how good the model is.
    photo, entity, said, printed = next(
        (photo, entity, answer["text"], printed)
        for photo, entity, truth, printed in printed_answers(shown)
        if printed["kind"] in ("plate", "pack")
        and (answer := ask(address, photo, entity))["value"]
        and truth == f"{answer['value']} {answer['unit']}"
    )
    page = open_page(viewport={"width": 1100, "height": 950})
    page.goto(address)
    page.set_input_files("#photos", photo)
    card = page.locator(f".found .card[data-entity={entity}]")
    number, _, unit = said.partition(" ")
    expect(card.locator(".value")).to_have_text(number)
    expect(card.locator(".unit")).to_have_value(unit)
    save_screenshot(page, "ask")
    card.hover()
    drawn = page.locator(f".frame.chosen[data-entity={entity}]").bounding_box()
    image = page.locator(".canvas img").bounding_box()
    with Image.open(photo) as opened:
        scale = image["width"] / opened.width
    expected = [
        image["x"] + printed["x0"] * scale, image["y"] + printed["y0"] * scale,
        image["x"] + printed["x1"] * scale, image["y"] + printed["y1"] * scale,
    ]  # fmt: skip
    # The printed text may hold more than the answer, and within a line read as a whole, characters count as equally
    # wide: the box lies in the text, but for a letter or two. The frame lies up to 15 pixels outside the box.
    height = expected[3] - expected[1] + 2 * 15
    sides = (drawn["x"], drawn["y"], drawn["x"] + drawn["width"], drawn["y"] + drawn["height"])
    assert sides[0] >= expected[0] - height and sides[2] <= expected[2] + height
    assert sides[1] >= expected[1] - height / 2 and sides[3] <= expected[3] + height / 2
    middle = ((sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2)
    assert expected[0] <= middle[0] <= expected[2] and expected[1] <= middle[1] <= expected[3]


def test_ten_rows_are_reviewed_by_keyboard_and_kept(
    address: str, shown: Path, open_page: Any, save_screenshot: Any
) -> None:
    page = open_page(viewport={"width": 1100, "height": 800})
    page.goto(f"{address}/review")
    page.keyboard.press("Tab")
    page.fill("#name", "anna")
    page.keyboard.press("Enter")
    reviewed: list[str] = []
    for number in range(10):
        expect(page.locator("#progress")).to_contain_text(f"{number} of ")
        expect(page.locator("#shown")).to_have_js_property("complete", True)
        reviewed.append(page.inner_text("#row"))
        if number == 3:
            save_screenshot(page, "review")
        page.keyboard.press("a" if page.is_enabled("#accepted") else "n")
    expect(page.locator("#progress")).to_contain_text("10 of ")
    assert len(set(reviewed)) == 10
    shown_next = page.inner_text("#row")
    page.reload()
    expect(page.locator("#progress")).to_contain_text("10 of ")
    expect(page.locator("#progress")).to_contain_text("10 by you")
    expect(page.locator("#row")).to_have_text(shown_next)
    with (shown / "data/corrections.csv").open(newline="") as file:
        kept = list(csv.DictReader(file))
    assert sorted(f"{row['source']}, row {row['source_row']}" for row in kept) == sorted(reviewed)
    assert {row["reviewer"] for row in kept} == {"anna"}
    # Somebody else is given another row than the one shown here.
    other = open_page()
    other.goto(f"{address}/review")
    other.fill("#name", "ben")
    other.keyboard.press("Enter")
    expect(other.locator("#progress")).to_contain_text("10 of ")
    assert other.inner_text("#row") != shown_next
