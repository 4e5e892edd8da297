from __future__ import annotations

import hashlib
import io
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from benchmarks.speed.gpu import Use, with_other_steps, written_between
from PIL import Image

from imagequant.imaging.decode import decode_rgb


def test_photos_with_other_steps_are_other_photos() -> None:
    coarse = np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize((160, 120), Image.Resampling.BICUBIC).save(buffer, "JPEG")
    decoded = {
        hashlib.sha256(decode_rgb(with_other_steps(buffer.getvalue(), number)).tobytes()).digest()
        for number in range(512)
    }
    assert len(decoded) == 512


def test_a_gpu_is_watched_between_two_moments() -> None:
    lines = [
        "2026/01/02 03:04:05.100, 0",
        "2026/01/02 03:04:05.200, 50",
        "2026/01/02 03:04:05.300, 0",
        "2026/01/02 03:04:05.400, 100",
        "2026/01/02 03:04:05.500, 0",
        "2026/01/02 03:0",
    ]
    use = Use.of("\n".join(lines))
    begin = datetime(2026, 1, 2, 3, 4, 5, 150_000).timestamp()
    assert use.share == pytest.approx(0.3)
    assert use.share_between(begin, begin + 0.3) == pytest.approx(0.5)
    assert use.share_between(begin + 10, begin + 20) == 0.0


def test_a_stage_is_at_work_from_its_first_shard_to_its_last(tmp_path: Path) -> None:
    for number, moment in enumerate((30.0, 10.5, 20.0)):
        path = tmp_path / f"{number:05d}.safetensors"
        path.touch()
        os.utime(path, (moment, moment))
    (tmp_path / "index.parquet").touch()
    assert written_between(tmp_path) == (10.5, 30.0)
