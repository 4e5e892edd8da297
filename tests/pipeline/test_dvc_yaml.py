"""dvc.yaml tells the truth: about the code each stage runs, the parameters it reads, and its own names."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml

from imagequant.cli import STAGES, main
from imagequant.params import Params, load_params
from imagequant.storage.code import source_files

ROOT = Path(__file__).parents[2]
PIPELINE: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text())
STAGE_NAMES = sorted(PIPELINE["stages"])
# Runs in every `dvc repro`, so it needs no dependencies.
ALWAYS_RUN = "versions"


# Names the public API and loads it on demand: nothing that a stage runs.
ROOT_PACKAGE = ROOT / "src/imagequant/__init__.py"


def code_of(stage: str) -> set[Path]:
    """Every first-party file with code that a stage imports, directly or not."""
    files = source_files(f"imagequant.stages.{stage}.run") - {ROOT_PACKAGE}
    return {path for path in files if not is_only_docstring(path)}


def is_only_docstring(path: Path) -> bool:
    return all(isinstance(node, ast.Expr) for node in ast.parse(path.read_text()).body)


def test_closure_follows_indirect_imports() -> None:
    # ocr -> registry -> (inside a function) rapidocr.engine; train -> model -> quantity
    assert ROOT / "src/imagequant/ocr/rapidocr/engine.py" in code_of("ocr")
    assert ROOT / "src/imagequant/quantity/units.py" in code_of("train")
    assert ROOT / "src/imagequant/model/network.py" not in code_of("ocr")


@pytest.mark.parametrize("stage", sorted(set(STAGE_NAMES) - {ALWAYS_RUN}))
def test_deps_cover_the_code_a_stage_runs(stage: str) -> None:
    deps = [ROOT / dep for dep in PIPELINE["stages"][stage].get("deps", [])]
    missing = [
        str(path.relative_to(ROOT))
        for path in sorted(code_of(stage))
        if not any(path == dep or path.is_relative_to(dep) for dep in deps)
    ]
    assert not missing, f"dvc.yaml, stage {stage}: deps lack {missing}"


@pytest.mark.parametrize("stage", STAGE_NAMES)
def test_code_deps_are_ones_the_stage_runs(stage: str) -> None:
    # A dep too many re-runs a stage for nothing.
    code = code_of(stage)
    for dep in PIPELINE["stages"][stage].get("deps", []):
        if dep.startswith("src/"):
            assert (ROOT / dep).exists(), f"dvc.yaml, stage {stage}: {dep} does not exist"
            assert any(path == ROOT / dep or path.is_relative_to(ROOT / dep) for path in code), (
                f"{stage}: {dep} is not used"
            )


def test_only_the_stage_without_dependencies_always_runs() -> None:
    always = {name for name, stage in PIPELINE["stages"].items() if stage.get("always_changed")}
    assert always == {name for name, stage in PIPELINE["stages"].items() if "deps" not in stage} == {ALWAYS_RUN}


def test_code_deps_are_few_enough_to_read() -> None:
    deps = [dep for stage in PIPELINE["stages"].values() for dep in stage.get("deps", []) if dep.startswith("src/")]
    # Folders rather than files: at most eight per stage on average.
    assert len(deps) <= 8 * len(set(STAGE_NAMES) - {ALWAYS_RUN})


@pytest.mark.parametrize("stage", STAGE_NAMES)
def test_stages_import_no_other_stage(stage: str) -> None:
    stages = ROOT / "src/imagequant/stages"
    others = [
        path
        for path in code_of(stage)
        if path.is_relative_to(stages) and path.parent != stages and stage not in path.parts
    ]
    assert not others


@pytest.mark.parametrize("stage", STAGE_NAMES)
def test_one_name_for_stage_section_package_command_and_folder(stage: str) -> None:
    definition = PIPELINE["stages"][stage]
    assert definition["cmd"] == f"imagequant {stage}"
    assert stage in main.commands
    assert stage in definition["params"]
    assert (ROOT / "src/imagequant/stages" / stage / "run.py").exists()
    outs = [next(iter(out)) if isinstance(out, dict) else out for out in definition["outs"]]
    assert all(Path(out).name == stage for out in outs), outs
    assert definition["desc"]


def test_every_stage_package_is_in_the_pipeline() -> None:
    packages = {path.parent.name for path in (ROOT / "src/imagequant/stages").glob("*/run.py")}
    assert packages == set(STAGE_NAMES) == {*STAGES, "predict"}


def test_params_yaml_and_dataclasses_name_the_same_keys() -> None:
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
    values["tune"]["space"] = "names of train, checked by the search itself"
    values["versions"]["packages"] = "names of stages"
    values["domain"]["entities"] = "names of the project's own"
    assert _keys_of(values) == _fields_of(Params)


def test_dvc_yaml_names_sections_that_exist_and_leaves_out_those_of_no_stage() -> None:
    named = {section for stage in PIPELINE["stages"].values() for section in stage["params"]}
    assert named == {field.name for field in fields(Params)} - {"executor", "tune"}


def test_only_declared_outputs_are_read() -> None:
    outs = {next(iter(out)) if isinstance(out, dict) else out for s in PIPELINE["stages"].values() for out in s["outs"]}
    for stage, definition in PIPELINE["stages"].items():
        for dep in definition.get("deps", []):
            made = any(Path(dep) == Path(out) or Path(dep).is_relative_to(out) for out in outs)
            kept_by_git = dep.startswith("src/") or dep == "data/corrections.csv"
            assert kept_by_git or made, f"{stage}: nobody makes {dep}"


def test_stages_depend_on_the_versions_of_what_computes_for_them() -> None:
    for stage, definition in PIPELINE["stages"].items():
        recorded = load_params(ROOT / "params.yaml").versions.packages
        assert (f"data/versions/{stage}.json" in definition.get("deps", [])) == (stage in recorded), stage


def _keys_of(values: dict[str, Any], prefix: str = "") -> set[str]:
    keys: set[str] = set()
    for name, value in values.items():
        keys |= _keys_of(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return keys


def _fields_of(kind: Any, prefix: str = "") -> set[str]:
    hints = get_type_hints(kind)
    keys: set[str] = set()
    for field in fields(kind):
        inner = hints[field.name]
        keys |= _fields_of(inner, f"{prefix}{field.name}.") if is_dataclass(inner) else {prefix + field.name}
    return keys
