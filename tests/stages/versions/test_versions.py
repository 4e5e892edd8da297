"""The recorded versions of packages, programs and models."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from imagequant.ocr.registry import build_engine, engine_versions
from imagequant.params import load_params
from imagequant.stages.versions.run import installed, run
from imagequant.storage.layout import Layout
from imagequant.storage.versions import version_changes

PARAMS = load_params(Path(__file__).parents[3] / "params.yaml")


def test_programs_models_and_packages_are_named() -> None:
    found = installed(PARAMS)
    assert found.keys() == PARAMS.versions.packages.keys()
    assert found["train"]["torch"] == version("torch")
    assert found["ocr"]["tesseract"][0].isdigit()
    assert any(name.endswith(".onnx") and len(value) == 64 for name, value in found["ocr"].items()), "models by hash"


@pytest.mark.parametrize("name", ["rapidocr", "tesseract"])
def test_an_engines_versions_are_those_it_reports_itself(name: str) -> None:
    assert engine_versions(name, PARAMS.ocr) == build_engine(name, PARAMS.ocr).versions()  # type: ignore[arg-type]


def test_an_engine_that_is_not_used_is_not_recorded() -> None:
    only_rapidocr = replace(PARAMS, ocr=replace(PARAMS.ocr, engines=("rapidocr",)))
    assert "tesseract" not in installed(only_rapidocr)["ocr"]


def test_the_same_versions_are_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    layout = Layout(tmp_path)
    run(PARAMS, layout)
    written = {path.name: path.read_bytes() for path in layout.data("versions").iterdir()}
    assert json.loads(written["train.json"])["torch"] == version("torch")
    capsys.readouterr()
    run(PARAMS, layout)
    assert {path.name: path.read_bytes() for path in layout.data("versions").iterdir()} == written
    assert capsys.readouterr().err == ""


def test_differences_are_named() -> None:
    first = {"ocr": {"tesseract": "5.3.0", "pillow": "13.0.0"}, "train": {"torch": "2.14.1"}}
    second = {"ocr": {"tesseract": "5.5.0", "numpy": "2"}, "train": {"torch": "2.14.1"}}
    assert list(version_changes(first, second)) == [
        "ocr: numpy none -> 2",
        "ocr: pillow 13.0.0 -> none",
        "ocr: tesseract 5.3.0 -> 5.5.0",
    ]
