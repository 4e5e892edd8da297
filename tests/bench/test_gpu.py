from __future__ import annotations

import hashlib
import io

import numpy as np
from PIL import Image
from tests.bench.gpu import Use, with_other_steps

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


def test_a_gpu_is_at_work_from_its_first_use_to_its_last() -> None:
    use = Use([0.0, 0.0, 0.5, 0.0, 1.0, 0.0])
    assert use.share_at_work == 0.5
    assert use.share == 0.25
    assert Use([0.0]).share_at_work == 0.0
