from __future__ import annotations

from pathlib import Path

import pytest

from imagequant.core.errors import InputError
from imagequant.experiments.dvc import output_hashes

LOCK = """schema: '2.0'
stages:
  labels: {cmd: x, outs: [{path: data/labels, md5: a.dir}]}
  candidates: {cmd: x, outs: [{path: data/candidates, md5: b.dir}, {path: metrics/candidates, md5: c.dir}]}
"""


def test_hashes_of_outputs_come_from_the_lock(tmp_path: Path) -> None:
    (tmp_path / "dvc.lock").write_text(LOCK)
    assert output_hashes(tmp_path, ("candidates", "labels")) == ["b.dir", "c.dir", "a.dir"]


def test_a_stage_that_has_not_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dvc\.lock: no labels, cnn; run `dvc repro labels cnn`"):
        output_hashes(tmp_path, ("labels", "cnn"))
    (tmp_path / "dvc.lock").write_text(LOCK)
    with pytest.raises(InputError, match=r"dvc\.lock: no cnn; run `dvc repro cnn`"):
        output_hashes(tmp_path, ("labels", "cnn"))
