"""The example notebook runs as it stands, on photos and a model made here."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imagequant import Predictions

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "predict.ipynb"
SAMPLES = ("sample-size.jpg", "sample-pack.jpg", "sample-plate.jpg")


def code_cells() -> list[dict[str, Any]]:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_it_was_run_in_order_without_errors_and_its_first_photo_is_answered_right() -> None:
    cells = code_cells()
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    shown = "".join(cells[1]["outputs"][0]["data"]["text/html"])
    assert "data:image/jpeg;base64," in shown
    # What is printed on sample-size.jpg.
    assert all(size in shown for size in ("41 inch", "35 inch", "4 inch"))
    assert all((ROOT / "src/imagequant/server/static" / sample).is_file() for sample in SAMPLES)


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Runs a cell as a notebook does: the value of its last expression is what is shown."""
    lines = ast.parse(source)
    last = lines.body.pop() if isinstance(lines.body[-1], ast.Expr) else None
    exec(compile(lines, str(NOTEBOOK), "exec"), names)
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names) if last else None  # type: ignore[attr-defined]


def test_the_notebook_runs(
    model: Path,
    printed: Callable[..., Image.Image],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    images = tmp_path / "src/imagequant/server/static"
    images.mkdir(parents=True)
    for number, name in enumerate(SAMPLES):
        printed([f"Net Wt {number + 2} lb", "Width 30 cm"]).save(images / name)
    (tmp_path / "models").mkdir()
    (tmp_path / "models/export").symlink_to(model)
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    names: dict[str, Any] = {}
    shown = [value for cell in code_cells() if (value := run_cell("".join(cell["source"]), names)) is not None]
    assert isinstance(shown[0], Predictions)
    html = shown[0]._repr_html_()
    assert "data:image/jpeg" in html and "2 pound" in html
    text = capsys.readouterr().out
    assert "2 pound = 907.18474 gram" in text and "4 pound = 1814.36948 gram" in text
    assert "image: not an image" in text and "unknown entity 'weight'; allowed: width" in text
    assert len(names["batch"]) == 3
