from __future__ import annotations

from pathlib import Path

from imagequant.core.files import read_json
from imagequant.experiments.model_card import model_card
from imagequant.model.bundle import ModelInfo

ROOT = Path(__file__).parents[2]


def test_the_card_states_the_figures_of_the_metrics() -> None:
    held_out = read_json(ROOT / "metrics/evaluate/summary.json")
    real = read_json(ROOT / "metrics/cross_validation/real.json")
    info = ModelInfo("test", "1.2", "0" * 64)
    lines = model_card(info, {"Trained on": "37 rows of a.csv"}, held_out, real).splitlines()
    assert lines[0] == "# Model card: test 1.2"
    assert any("0" * 64 in line for line in lines)
    assert "- **Trained on**: 37 rows of a.csv" in lines
    height = held_out["by_entity"]["height"]
    assert f"| height | {height['contest_f1']:.3f} | {height['rows']} |" in lines
    # Of the model that was shipped: it has seen no real photo.
    figure = real["synthetic_only"]["contest_f1_hand"]
    assert any(f"| {figure['value']:.3f} |" in line and line.endswith(f"| {figure['rows']} |") for line in lines)
