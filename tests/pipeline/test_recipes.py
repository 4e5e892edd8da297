"""The recipes of docs/contributing.md, followed step by step in a clone; then the whole pipeline runs there."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

ENTITY, UNIT, ENGINE, STAGE = "breaking_load", "stone", "stencil", "tally"

ENGINE_MODULE = '''
"""Reads what a stencil would: how wide the photo is."""

from __future__ import annotations

from imagequant.params import StencilParams
from imagequant.core.records import Box, Word
from imagequant.ocr.engine import OcrError, OneByOne, RgbImage


class StencilEngine(OneByOne):
    """One word a photo."""

    name = "stencil"

    def __init__(self, params: StencilParams) -> None:
        self._params = params

    def versions(self) -> dict[str, str]:
        """Its own."""
        return {"stencil": "1"}

    def read(self, image: RgbImage) -> list[Word]:
        """The width in pixels, as if it were an amount.

        Raises:
            OcrError: If the photo is higher than wide.
        """
        height, width = image.shape[:2]
        if height > width:
            raise OcrError("upright")
        box = Box(0.0, 0.0, float(width), float(height))
        return [Word(f"Breaking load {width} {self._params.unit}", box, 0.9, 0, self.name)]
'''
TABLE_MODULE = '''
"""How many rows ask for each entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from imagequant.storage.checks import AT_LEAST_1, NOT_EMPTY
from imagequant.storage.declare import Table

TALLY_FILE = "tally.parquet"


@dataclass(frozen=True)
class TallyRow:
    """How many rows ask for an entity."""

    entity: Annotated[str, NOT_EMPTY, "The entity."]
    rows: Annotated[int, AT_LEAST_1, "How many rows ask for it."]


TALLY = Table(TallyRow, f"data/tally/{TALLY_FILE}")
'''
STAGE_MODULE = '''
"""``data/labels`` -> ``data/tally/tally.parquet``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from imagequant.storage.layout import Layout
from imagequant.params import Params
from imagequant.core.files import fresh_folder
from imagequant.storage.labels import iterate_labels
from imagequant.storage.tally import TALLY, TALLY_FILE, TallyRow


def run(params: Params, layout: Layout) -> None:
    """Counts the labelled rows."""
    entities = (row.entity for row in iterate_labels(layout.data("labels")))
    rows = tally(entities, params.tally.least)
    TALLY.write(fresh_folder(layout.data("tally")) / TALLY_FILE, rows)


def tally(entities: Iterable[str], least: int) -> list[TallyRow]:
    """How often each entity comes, of those that come so often at least."""
    counts = Counter(entities)
    return [TallyRow(entity, counts[entity]) for entity in sorted(counts) if counts[entity] >= least]
'''
ENTITY_BLOCK = {
    "kind": "weight",
    "names": {"en": ["breaking load"], "de": ["Bruchlast"]},
    "typical": {"low": 5, "high": 500, "units": ["kilogram"]},
}

ENGINE_SECTION = '''@dataclass(frozen=True)
class StencilParams(_Section):
    """A stencil. ``unit``: of all amounts."""

    unit: str


'''
ENGINE_CASE = """
        case "stencil":
            from imagequant.ocr.stencil import StencilEngine  # noqa: PLC0415

            return StencilEngine(params.stencil)
"""
STAGE_SECTION = '''@dataclass(frozen=True)
class TallyParams(_Section):
    """Counts. ``least``: of rows."""

    least: Positive


'''
TABLE_IMPORT = "from imagequant.storage.tally import TALLY, TALLY_FILE"
TABLE = """    yield CheckedTable("tally", (layout.data("tally") / TALLY_FILE,), TALLY, key=("entity",))
"""


class Code:
    """A clone's files, to be changed as the recipes say."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, name: str) -> Path:
        """A file of the package, or of the tests."""
        return self.root / (name if name.startswith("tests/") else f"src/imagequant/{name}")

    def after(self, name: str, line: str, added: str) -> None:
        """Puts lines behind the one line that is, or starts with, what is given."""
        path = self.place(name)
        lines = path.read_text().splitlines(keepends=True)
        (at,) = (number for number, text in enumerate(lines) if text.strip("\n").startswith(line))
        path.write_text("".join([*lines[: at + 1], added.rstrip("\n") + "\n", *lines[at + 1 :]]))

    def before(self, name: str, beginning: str, added: str) -> None:
        """Puts lines before the one place that begins so."""
        self.replace(name, beginning, added + beginning)

    def replace(self, name: str, old: str, new: str) -> None:
        """Changes the one place that is given."""
        path = self.place(name)
        text = path.read_text()
        assert text.count(old) == 1, f"{name}: {old}"
        path.write_text(text.replace(old, new))

    def write(self, name: str, text: str) -> None:
        """A new module."""
        path = self.place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"))

    def change_yaml(self, name: str, change: Callable[[Any], None]) -> None:
        """Changes a YAML file of the top folder."""
        path = self.root / name
        values = yaml.safe_load(path.read_text())
        change(values)
        path.write_text(yaml.safe_dump(values, sort_keys=False))


def add_unit(code: Code) -> None:
    code.after(
        "quantity/units.py", '          r"pounds?|', f'    _unit("{UNIT}", "weight", "6350.29318", r"stones?|st"),'
    )
    code.after("tests/quantity/test_numbers_and_spelling.py", '    "pound":', f'    "{UNIT}": ("st", "stones"),')
    code.after("tests/quantity/test_grammar.py", '    "microgram":', f'    "{UNIT}": "st",')
    code.replace("tests/quantity/test_units_and_scoring.py", '"pound", "ton"}', f'"pound", "{UNIT}", "ton"}}')


def add_entity(code: Code) -> None:
    code.change_yaml("params.yaml", lambda params: params["domain"]["entities"].update({ENTITY: ENTITY_BLOCK}))


def add_engine(code: Code) -> None:
    code.replace("params.py", '"tesseract", "google_vision"]', f'"tesseract", "google_vision", "{ENGINE}"]')
    code.before("params.py", "@dataclass(frozen=True)\nclass OcrParams(", ENGINE_SECTION)
    code.after("params.py", "    google_vision: GoogleVisionParams", f"    {ENGINE}: StencilParams")
    code.change_yaml("params.yaml", lambda params: params["ocr"].update({ENGINE: {"unit": UNIT}}))
    code.write(f"ocr/{ENGINE}.py", ENGINE_MODULE)
    code.after("ocr/registry.py", "            return (TesseractOnLines", ENGINE_CASE)


def add_stage(code: Code) -> None:
    code.write(f"stages/{STAGE}/__init__.py", '"""Counts rows."""\n')
    code.write(f"stages/{STAGE}/run.py", STAGE_MODULE)
    code.write(f"storage/{STAGE}.py", TABLE_MODULE)
    code.before("params.py", "@dataclass(frozen=True)\nclass Params(", STAGE_SECTION)
    code.after("params.py", "    labels: LabelsParams", f"    {STAGE}: TallyParams")
    code.after("cli/stages.py", '    "labels":', f'    "{STAGE}": "Count the rows of each entity.",')
    code.change_yaml("params.yaml", lambda params: params.update({STAGE: {"least": 1}}))
    code.change_yaml("dvc.yaml", _declare)
    code.after("stages/check/tables.py", "from imagequant.storage.layout", TABLE_IMPORT)
    code.before("stages/check/tables.py", '    yield CheckedTable(\n        "evaluate",', TABLE)


def _declare(pipeline: Any) -> None:
    source = "src/imagequant"
    labels = pipeline["stages"]["labels"]["deps"]
    own = ("/stages/labels", "/evaluation")
    shared = [dep for dep in labels if dep.startswith(source) and not any(name in dep for name in own)]
    pipeline["stages"][STAGE] = {
        "desc": "Count the rows of each entity",
        "cmd": f"imagequant {STAGE}",
        "params": [STAGE],
        "deps": [f"{source}/stages/{STAGE}", *shared, "data/labels"],
        "outs": [f"data/{STAGE}"],
    }
    pipeline["stages"]["check"]["deps"].append(f"data/{STAGE}")


@pytest.fixture(scope="module")
def extended(clone: Callable[[Path, Mapping[str, Any]], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A clone with a new unit, entity, OCR engine and stage, all run once."""
    project = clone(tmp_path_factory.mktemp("recipes"), {"name": "serial"})
    code = Code(project.root)
    for follow in (add_unit, add_entity, add_engine, add_stage):
        follow(code)
    code.change_yaml("params.yaml", lambda params: params["ocr"].update({"engines": ["tesseract", ENGINE]}))
    code.change_yaml("params.yaml", lambda params: params["synthetic"].update({"train_photos": 24, "test_photos": 2}))
    # Two networks would leave out half of these few rows.
    code.change_yaml("params.yaml", lambda params: params["train"].update({"members": 1}))
    page = project.run(sys.executable, "-m", "imagequant.stages.check.tables").stdout
    (project.root / "docs/tables.md").write_text(page)
    project.run("dvc", "repro")
    return project


def test_the_clones_own_rules_hold(extended: Any) -> None:
    extended.run(  # which fails where they do
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/pipeline/test_dvc_yaml.py",
        "tests/stages/check", "tests/quantity",
    )  # fmt: skip


def test_the_unit_is_read(extended: Any) -> None:
    script = "from imagequant.quantity.grammar import parse_quantities; print(parse_quantities('max 12 st')[0])"
    mention = extended.run(sys.executable, "-c", script).stdout
    assert "value=12.0" in mention
    assert f"unit='{UNIT}'" in mention


def test_the_entity_is_asked_labelled_learned_and_answered(extended: Any) -> None:
    with (extended.root / "data/synthetic/train.csv").open() as file:
        asked = [row for row in csv.DictReader(file) if row["entity_name"] == ENTITY]
    assert asked
    assert {row["entity_value"].split()[-1] for row in asked if row["entity_value"]} == {"kilogram"}
    photo = extended.root / "data/synthetic" / next(row["image_link"] for row in asked if row["entity_value"])
    predicted = json.loads(extended.run("imagequant", "predict", str(photo), "-e", ENTITY, "--json").stdout)
    (answer,) = predicted["predictions"]
    assert answer["entity"] == ENTITY
    # Stencil has read an amount of this kind on it, whatever a model of two epochs makes of it.
    found = [answer, *answer["alternatives"]]
    assert any(each["unit"] in ("kilogram", UNIT) for each in found)


def test_the_engine_reads_and_says_why_it_does_not(extended: Any) -> None:
    table = pq.read_table(extended.root / "data/ocr/train/status.parquet")
    status = [row for row in table.to_pylist() if row["engine"] == ENGINE]
    upright = [row["height"] > row["width"] for row in status]
    assert True in upright
    assert False in upright
    for row, is_upright in zip(status, upright, strict=True):
        assert (row["status"], row["reason"], row["words"]) == (
            ("failed", "upright", 0) if is_upright else ("ok", "", 1)
        )


def test_the_stage_leaves_a_table_that_is_checked(extended: Any) -> None:
    rows = pq.read_table(extended.root / f"data/{STAGE}/{STAGE}.parquet").to_pylist()
    assert ENTITY in {row["entity"] for row in rows}
    tables = json.loads((extended.root / "metrics/check/tables.json").read_text())
    assert tables[STAGE] == {"rows": len(rows), "violations": {}}
    assert extended.stages_run("dvc", "repro", "-s", STAGE, "--force") == [STAGE]
