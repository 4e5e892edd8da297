"""PP-OCR's networks give the same bytes with AVX2 and with AVX-512, and nearly what they gave before."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as ops

from imagequant.core import arithmetic
from imagequant.ocr.rapidocr.models import DETECTOR, RECOGNISER, model_path
from imagequant.ocr.rapidocr.rewriting.graph import UnknownGraphError
from imagequant.ocr.rapidocr.rewriting.same_sums import with_same_sums

PROGRAM = """
import hashlib, sys
from imagequant.core import arithmetic
arithmetic.use("portable")
if sys.argv[1] == "widened":
    arithmetic.widen()
assert arithmetic.in_use() == "portable x86-64"
import numpy as np
from pathlib import Path
from imagequant.ocr.rapidocr.engine import load_detector, load_recogniser
from imagequant.params import load_params
params = load_params(Path("params.yaml")).ocr.rapidocr
random = np.random.default_rng(3)
for load, name, shapes in ((load_detector, "model", [(256, 384)]), (load_recogniser, "model", [(48, 320), (48, 448)])):
    loaded = load(params)
    for shape in shapes:
        pixels = random.integers(0, 256, (1, *shape, 3), dtype=np.uint8)
        print(hashlib.sha256(getattr(loaded, name)(pixels).tobytes()).hexdigest())
"""


def output(model: ov.Model, values: np.ndarray) -> np.ndarray:
    return ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([values])[0]


@pytest.mark.skipif(arithmetic.in_use() != "portable x86-64" and os.uname().machine != "x86_64", reason="x86-64 only")
def test_wider_vectors_change_no_byte():
    environment = {name: value for name, value in os.environ.items() if name not in arithmetic.PORTABLE}
    narrow, wide = (
        subprocess.run(
            [sys.executable, "-c", PROGRAM, kind], capture_output=True, text=True, check=True, env=environment
        ).stdout
        for kind in ("narrow", "widened")
    )
    assert narrow == wide
    assert len(set(narrow.split())) == 3


@pytest.mark.parametrize(("name", "shape"), [(DETECTOR, (1, 3, 128, 160)), (RECOGNISER, (1, 3, 48, 320))])
def test_the_network_computes_nearly_the_same(name, shape):
    model = ov.Core().read_model(model_path(name))
    values = np.random.default_rng(5).uniform(-1, 1, shape).astype(np.float32)
    rewritten = with_same_sums(model.clone())
    assert "Erf" not in {node.get_type_name() for node in rewritten.get_ordered_ops()}
    np.testing.assert_allclose(output(rewritten, values), output(model, values), atol=0.02)


def test_means_and_shares_along_the_last_axis_are_as_before():
    values = ops.parameter([1, 2, 6], np.float32)
    means = ops.reduce_mean(values, ops.constant(np.array([-1])), keep_dims=True)
    given = np.random.default_rng(5).normal(size=(1, 2, 6)).astype(np.float32)
    found = output(with_same_sums(ov.Model([ops.add(means, values)], [values])), given)
    np.testing.assert_allclose(found, given + given.mean(axis=2, keepdims=True), atol=1e-5)
    values = ops.parameter([1, 2, 3, 4], np.float32)
    given = np.random.default_rng(5).normal(size=(1, 2, 3, 4)).astype(np.float32)
    found = output(with_same_sums(ov.Model([ops.softmax(values, 3)], [values])), given)
    np.testing.assert_allclose(found, np.exp(given) / np.exp(given).sum(axis=3, keepdims=True), atol=1e-5)


def test_another_use_of_the_error_function_is_told():
    values = ops.parameter([1, 4], np.float32)
    with pytest.raises(UnknownGraphError, match="expected Divide"):
        with_same_sums(ov.Model([ops.erf(ops.negative(values))], [values]))
