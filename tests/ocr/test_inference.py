"""Networks that are made twice: for their usual shape, and for all others."""

from __future__ import annotations

import numpy as np
import openvino as ov
import pytest

from imagequant.ocr.rapidocr.inference import OpenVinoModel
from imagequant.ocr.rapidocr.models import DETECTOR, RECOGNISER, model_path
from imagequant.params import Precision

SHAPE, OTHER = (64, 320), (96, 352)


def noise(shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (1, *shape, 3), dtype=np.uint8)


def model_of(name: str, precision: Precision, usual: tuple[int, int]) -> OpenVinoModel:
    return OpenVinoModel(ov.Core().read_model(model_path(name)), precision, usual)


@pytest.mark.parametrize(("name", "size"), [(DETECTOR, SHAPE), (RECOGNISER, (48, 320))])
def test_the_network_for_the_usual_shape_computes_what_the_other_does(name: str, size: tuple[int, int]):
    pixels = noise(size)
    made_for_it = model_of(name, "f32", size)(pixels).copy()
    for_any = model_of(name, "f32", OTHER)(pixels)
    assert np.ptp(for_any) > 1e-3
    np.testing.assert_allclose(made_for_it, for_any, atol=1e-4, rtol=1e-3)


def test_what_comes_out_does_not_depend_on_what_was_read_before():
    model = model_of(DETECTOR, "bf16", SHAPE)
    fresh = {shape: model_of(DETECTOR, "bf16", SHAPE)(noise(shape)).copy() for shape in (SHAPE, OTHER)}
    for shape in (OTHER, SHAPE, OTHER, SHAPE):
        np.testing.assert_array_equal(model(noise(shape)), fresh[shape])


def test_several_at_once_are_no_usual_input():
    model = model_of(RECOGNISER, "f32", (48, 320))
    one = noise((48, 320))
    both = model(np.concatenate([one, one[:, ::-1]]))
    assert both.shape[0] == 2
    np.testing.assert_allclose(both[:1], model(one), atol=1e-4, rtol=1e-3)
