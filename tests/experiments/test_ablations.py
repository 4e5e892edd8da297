"""Presets, patches, and the table of experiments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from tests.scored_rows import make_row

from imagequant.core.errors import InputError
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.ablations import (
    ABLATIONS,
    FULL,
    ONE_NETWORK,
    as_settings,
    patch_yaml,
    preset_figures,
    preset_table,
    read_patch,
    run,
    select_presets,
)
from imagequant.params import EvaluateParams, load_params, overridden
from imagequant.quantity.scoring import Outcome

ROOT = Path(__file__).parents[2]
PARAMS = load_params(ROOT / "params.yaml")


def answered(*outcomes: Outcome) -> list[ScoredRow]:
    return [
        replace(
            make_row("1 inch", ("1 inch", 0.9), entity="width", photo=f"photo{number}", row=number), outcome=outcome
        )
        for number, outcome in enumerate(outcomes)
    ]


def test_the_table_compares_each_preset_with_its_reference() -> None:
    presets = [FULL, *select_presets(["no_cnn"])]
    rows = {
        "full": answered("TP", "TP", "TP", "FP"),
        "one_network": answered("TP", "TP", "FP", "FP"),
        "no_cnn": answered("TP", "FP", "FP", "FP"),
    }
    found = preset_figures(
        presets, rows, EvaluateParams(bootstrap=200, seed=5, worst_errors=0, report_rows=0, report_photos=0)
    )
    # F1 is 2 TP / (2 TP + FP).
    assert found["full"]["value"] == pytest.approx(6 / 7)  # type: ignore[index]
    assert "difference" not in found["full"]  # type: ignore[operator]
    assert found["one_network"]["difference"] == pytest.approx(4 / 6 - 6 / 7)  # type: ignore[index]
    assert found["no_cnn"]["difference"] == pytest.approx(2 / 5 - 4 / 6)  # type: ignore[index]
    console = Console(width=100, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115
    console.print(preset_table(presets, found))
    lines = {line.split()[0]: line.split() for line in console.export_text().splitlines() if line.strip()}
    assert lines["full"] == ["full", "0.857", "4"]
    assert lines["no_cnn"][1] == "0.400"
    assert lines["no_cnn"][2].startswith("-0.267")
    assert lines["no_cnn"][-2:] == ["one_network", "4"]


def test_a_preset_that_differs_nowhere_has_no_star() -> None:
    rows = {name: answered("TP", "FP") for name in ("full", "one_network")}
    found = preset_figures([FULL, ONE_NETWORK], rows, PARAMS.evaluate)
    assert found["one_network"]["difference_ci95"] == [0.0, 0.0]  # type: ignore[index]


def test_settings_are_what_dvc_takes() -> None:
    (tesseract,) = (preset for preset in ABLATIONS if preset.name == "tesseract_only")
    assert as_settings(tesseract.overrides) == [
        *("-S", "train.members=1"),
        *("-S", "train.trees.weight=0.0"),
        *("-S", 'ocr.engines=["tesseract"]'),
    ]
    assert as_settings({"train.use_cnn_grid": False}) == ["-S", "train.use_cnn_grid=false"]


@pytest.mark.parametrize("name", ["no_luck", "real_only"])  # the second is for cross-validation only
def test_ablate_names_what_it_can_run(name: str) -> None:
    with pytest.raises(InputError, match=f"'{name}' is no preset; allowed: no_trees, one_network, no_cnn"):
        run(ROOT, [name])


def test_a_patch_comes_back_as_it_was_and_fits_the_parameters(tmp_path: Path) -> None:
    overrides = {"train.lr": 0.002, "train.trees.num_leaves": 7, "train.trees.weight": 0.5}
    path = tmp_path / "best.yaml"
    path.write_text(patch_yaml(overrides))
    assert read_patch(path) == overrides
    assert overridden(PARAMS, read_patch(path), str(path)).train.trees.num_leaves == 7


@pytest.mark.parametrize(
    ("text", "says"), [(patch_yaml({}), "overrides nothing"), ("- 1\n", "overrides nothing"), ("a: [", "not YAML")]
)
def test_a_patch_that_is_none_is_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "best.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        read_patch(path)
    with pytest.raises(InputError, match="no such file"):
        read_patch(tmp_path / "nowhere.yaml")


def test_ablations_fit_the_parameters_and_change_them() -> None:
    assert len({variant.name for variant in ABLATIONS}) == len(ABLATIONS)
    for variant in ABLATIONS:
        changed = overridden(PARAMS, variant.overrides, variant.name) != PARAMS
        assert changed or not variant.synthetic, variant.name


def test_selecting_presets() -> None:
    assert select_presets(()) == []
    assert [preset.name for preset in select_presets(("real_only", "no_cnn"))] == [
        "one_network",  # what they are compared with
        "no_cnn",
        "real_only",
    ]
    with pytest.raises(InputError, match="'no_luck' is no preset; allowed: no_trees, one_network, no_cnn"):
        select_presets(("no_luck",))
