"""The detector put more cheaply against the network as it is shipped."""

from __future__ import annotations

from collections import Counter

import numpy as np
import openvino as ov
import pytest

from imagequant.ocr.rapidocr.models import DETECTOR, model_path
from imagequant.ocr.rapidocr.rewriting.detector_body import (
    with_convolved_halves,
    with_means_first,
    with_scaled_residuals,
)
from imagequant.ocr.rapidocr.rewriting.detector_head import with_plain_head


def detector() -> ov.Model:
    """The shipped network with log odds as its output: probabilities of noise are all next to nothing."""
    return with_plain_head(ov.Core().read_model(model_path(DETECTOR)))


def kinds(model: ov.Model) -> Counter[str]:
    return Counter(node.get_type_name() for node in model.get_ordered_ops())


@pytest.mark.parametrize(
    ("rewrite", "fewer", "more"),
    [
        (with_scaled_residuals, {}, {"Constant": 8}),  # the sums that go are those that come: 1 + s
        (with_convolved_halves, {"Concat": 1}, {"Constant": 1, "Convolution": 1, "Add": 1}),
        (with_means_first, {}, {"Convolution": 8}),  # those of means; the others are weighed by what comes of them
    ],
)
@pytest.mark.parametrize("shape", [(32, 64), (128, 96)])
def test_a_rewritten_detector_computes_the_same(rewrite, fewer, more, shape):
    pixels = np.random.default_rng(3).uniform(-1, 1, (1, 3, *shape)).astype(np.float32)
    shipped, rewritten = detector(), rewrite(detector())
    before, after = kinds(shipped), kinds(rewritten)
    before.pop("Identity"), after.pop("Identity")
    assert before - after == fewer
    assert after - before == more
    odds, expected = (
        ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([pixels])[0]
        for model in (rewritten, shipped)
    )
    assert np.ptp(expected) > 1
    np.testing.assert_allclose(odds, expected, atol=1e-3, rtol=1e-4)
