from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from imagequant.core.errors import InputError
from imagequant.experiments.report.times import read_times, run_timed

# What `dvc repro` prints, with a pause in the second stage.
LIKE_DVC = (
    "import time\n"
    "print(\"Stage 'synthetic' didn't change, skipping\")\n"
    "print(\"Running stage 'train':\\n> imagequant train\", flush=True)\n"
    "print(\"Running stage 'evaluate':\", flush=True)\n"
    "time.sleep(0.3)\n"
)


def test_seconds_are_from_a_stages_start_to_the_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, times = run_timed([sys.executable, "-c", LIKE_DVC], tmp_path)
    assert status == 0
    assert list(times.stages) == ["train", "evaluate"]
    assert times.stages["train"] < 0.25 < times.stages["evaluate"] <= times.total
    assert "> imagequant train" in capsys.readouterr().err


@pytest.mark.parametrize("status", [0, 3])
def test_command_passes_on_the_exit_status_and_writes_times(tmp_path: Path, status: int) -> None:
    file = tmp_path / "times.json"
    command = [sys.executable, "-c", f"{LIKE_DVC}\nraise SystemExit({status})"]
    done = subprocess.run([sys.executable, "-m", "imagequant.experiments.report.times", file, *command], check=False)
    assert done.returncode == status
    assert list(read_times(file).stages) == ["train", "evaluate"]


def test_another_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"total": 3}))
    with pytest.raises(InputError, match=r"x\.json: not written by"):
        read_times(tmp_path / "x.json")
