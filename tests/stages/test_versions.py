"""What is written of the versions of what computes."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from imagequant.params import load_params
from imagequant.stages.versions import installed, record
from imagequant.storage.layout import Layout

ROOT = Path(__file__).parents[2]


def test_programs_models_and_packages_are_named():
    found = installed(load_params(ROOT / "params.yaml").ocr)
    assert found["train"]["torch"] == version("torch")
    assert found["ocr"]["tesseract"][0].isdigit()
    assert any(name.endswith(".onnx") and len(value) == 64 for name, value in found["ocr"].items()), "models by hash"


def test_only_differences_are_told(tmp_path):
    layout = Layout(tmp_path)
    first = {"ocr": {"tesseract": "5.3.0", "pillow": "13.0.0"}, "train": {"torch": "2.14.1"}}
    assert len(record(layout, first)) == 3
    assert record(layout, first) == []
    second = {"ocr": {"tesseract": "5.5.0", "numpy": "2"}, "train": {"torch": "2.14.1"}}
    assert record(layout, second) == [
        "ocr: numpy none -> 2",
        "ocr: pillow 13.0.0 -> none",
        "ocr: tesseract 5.3.0 -> 5.5.0",
    ]
    assert json.loads((tmp_path / "data/versions/ocr.json").read_text()) == second["ocr"]
