"""The hostile web, with a few links of each kind; ``make fault-injection`` has thousands."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from benchmarks.faults import table
from benchmarks.faults.__main__ import OUTPUT
from benchmarks.faults.hostile import SETTINGS, counts, make_links, run, write_project
from benchmarks.faults.hostile_server import hostile_server
from benchmarks.faults.kinds import BAD, GOOD
from benchmarks.speed.harness import ROOT

from imagequant.core.files import read_json


def execute(command: Sequence[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_documentation_shows_what_was_counted() -> None:
    page = (ROOT / "docs" / "robustness.md").read_text(encoding="utf-8")
    assert table.markdown(read_json(OUTPUT)) in page


@pytest.mark.slow
def test_every_kind_of_fault_has_its_reason_and_every_good_image_arrives(tmp_path: Path) -> None:
    with hostile_server(tmp_path) as server:
        links = list(make_links(server, 400, slow=1))
        root = write_project(tmp_path / "project", links, {**SETTINGS, "timeout": 1.0})
        found = counts(links, root, run(server, root, execute), run(server, root, execute))
    assert found["kinds_good"] == len(GOOD)
    assert found["kinds_of_fault"] == len(BAD)
    assert found["wrong"] == {}
    assert found["good_byte_for_byte"] == found["good"]
    assert found["faults_with_the_right_reason"] == found["faults"]
    assert found["asked_in_vain_by_the_next_run"] == 0
    assert found["asked_by_the_next_run"] >= found["could_pass_by_the_next_run"]
    assert found["changed_by_the_next_run"] == 0
