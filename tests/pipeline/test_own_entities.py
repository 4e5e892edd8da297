"""A project whose entities are declared in ``params.yaml`` and nowhere else: from generated photos to answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image, ImageDraw, ImageFont

ENTITIES = """
battery_capacity:
  kind: charge
  names: {en: [battery capacity, battery, capacity], de: [Akkukapazität, Akku]}
  limits: [1, 10000000] # in milliampere hour
  typical: {low: 500, high: 30000, units: [milliampere hour, ampere hour]}
pack_count:
  kind: count
  units: [piece]
  names: {en: [pack count, pieces per pack]}
  typical: {low: 2, high: 100, units: [piece]}
operating_temperature:
  kind: temperature
  names: {en: [operating temperature, working temperature, operating temp.], de: [Betriebstemperatur]}
  typical: {low: -30, high: 60, units: [degree celsius]}
"""
PRINTS = {
    "power bank.png": ("Power bank", "Battery: 5000 mAh", "Model KX-5"),
    "batteries.png": ("Alkaline", "Pack of 6", "Size AA"),
    "sensor.png": ("Sensor", "Operating temperature:", "-10 to 40 °C"),
}


@pytest.fixture(scope="module")
def own(clone: Callable[[Path, Mapping[str, Any]], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A clone whose only entities are these three, run once."""
    project = clone(tmp_path_factory.mktemp("own"), {"name": "serial"})
    path = project.root / "params.yaml"
    params = yaml.safe_load(path.read_text())
    params["domain"]["entities"] = yaml.safe_load(ENTITIES)
    params["ocr"]["engines"] = ["rapidocr"]
    params["synthetic"].update({"train_photos": 60, "test_photos": 6})
    path.write_text(yaml.safe_dump(params, sort_keys=False, allow_unicode=True))
    project.run("dvc", "repro")
    return project


@pytest.fixture(scope="module")
def answers(own: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The answers to all questions about drawn photos, by photo and entity."""
    folder = tmp_path_factory.mktemp("photos")
    font = ImageFont.load_default(40)
    for name, lines in PRINTS.items():
        photo = Image.new("RGB", (640, 480), "white")
        for number, line in enumerate(lines):
            ImageDraw.Draw(photo).text((60, 80 + 110 * number), line, "black", font)
        photo.save(folder / name)
    # Whatever the threshold of so small a training: what it would answer is the question here.
    printed = own.run("imagequant", "predict", str(folder), "--json", "--min-confidence", "0").stdout
    photos = [json.loads(line) for line in printed.splitlines()]
    return {Path(each["photo"]).name: {one["entity"]: one for one in each["predictions"]} for each in photos}


def test_all_three_are_answered(answers: dict[str, dict[str, Any]]) -> None:
    assert answers["power bank.png"]["battery_capacity"]["text"] == "5000 milliampere hour"
    assert answers["batteries.png"]["pack_count"]["text"] == "6 piece"
    temperature = answers["sensor.png"]["operating_temperature"]
    assert (temperature["low"], temperature["high"], temperature["unit"]) == (-10, 40, "degree celsius")


def test_what_is_not_printed_is_not_answered(answers: dict[str, dict[str, Any]]) -> None:
    assert {one["reason"] for one in answers["batteries.png"].values()} == {"", "no quantity of this kind"}


def test_generated_photos_ask_for_them_only(own: Any) -> None:
    rows = (own.root / "data/synthetic/train.csv").read_text().splitlines()[1:]
    assert {row.split(",")[2] for row in rows} == set(yaml.safe_load(ENTITIES))


def test_the_pipeline_scores_them(own: Any) -> None:
    summary = json.loads((own.root / "metrics/evaluate/summary.json").read_text())
    assert set(summary["by_entity"]) == set(yaml.safe_load(ENTITIES))
    assert summary["contest_f1"] > 0.5


def test_another_entity_is_one_clear_error(own: Any, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "white").save(tmp_path / "a.png")
    asked = own.run("imagequant", "predict", str(tmp_path / "a.png"), "-e", "voltage", check=False)
    assert asked.returncode == 2
    (line,) = asked.stderr.splitlines()
    assert "unknown entity 'voltage'; allowed: battery_capacity, pack_count, operating_temperature" in line
