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

NOTEBOOK = Path(__file__).parents[2] / "docs" / "predict.ipynb"


def code_cells() -> list[str]:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    # What a run leaves differs from machine to machine.
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    return ["".join(cell["source"]) for cell in cells]


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
    images = tmp_path / "data/synthetic/images"
    images.mkdir(parents=True)
    for number in range(7):
        printed([f"Net Wt {number + 2} lb", "Width 30 cm"]).save(images / f"test_{number:06d}.jpg")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/export").symlink_to(model)
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    names: dict[str, Any] = {}
    shown = [value for source in code_cells() if (value := run_cell(source, names)) is not None]
    assert isinstance(shown[0], Predictions)
    html = shown[0]._repr_html_()
    assert "data:image/jpeg" in html and "7 pound" in html
    text = capsys.readouterr().out
    assert "2 pound = 907.18474 gram" in text
    assert "image: not an image" in text and "unknown entity 'weight'; allowed: width" in text
    assert len(names["batch"]) == 6
