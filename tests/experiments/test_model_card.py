from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from imagequant.core.files import read_json
from imagequant.experiments.model_card import model_card
from imagequant.model.bundle import read_bundle
from imagequant.params import load_params

ROOT = Path(__file__).parents[2]


def test_the_card_states_the_figures_of_the_metrics(model: Path) -> None:
    bundle = read_bundle(model)
    calibration = replace(bundle.model.calibration, precise=((0.9, 0.625), (0.99, 1.0)), rows=37)
    bundle = replace(bundle, model=replace(bundle.model, calibration=calibration))
    held_out = read_json(ROOT / "metrics/evaluate/summary.json")
    real = read_json(ROOT / "metrics/cross_validation/real.json")
    lines = model_card(bundle, load_params(ROOT / "params.yaml"), held_out, real).splitlines()
    assert lines[0] == f"# Model card: test {bundle.info.version}"
    assert any(bundle.info.sha256 in line for line in lines)
    assert any("37 answers calibrate the confidence" in line for line in lines)
    height = held_out["by_entity"]["height"]
    assert f"| height | {height['contest_f1']:.3f} | {height['rows']} |" in lines
    # Of the model that was shipped: it has seen no real photo.
    figure = real["synthetic_only"]["contest_f1_hand"]
    assert any(f"| {figure['value']:.3f} |" in line and line.endswith(f"| {figure['rows']} |") for line in lines)
    assert "| 0.9 | 0.62 |" in lines
    assert "| 0.99 | not reached |" in lines
