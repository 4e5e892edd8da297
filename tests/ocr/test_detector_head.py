"""The detector's cheaper head against the network as it is shipped."""

from __future__ import annotations

import numpy as np
import openvino as ov
import pytest

from imagequant.ocr.rapidocr.models import DETECTOR, model_path
from imagequant.ocr.rapidocr.rewriting.detector_head import first_layer, second_layer, spread_out, with_plain_head


def infer(model: ov.Model, pixels: np.ndarray) -> np.ndarray:
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled([pixels])[0]


@pytest.mark.parametrize("shape", [(32, 64), (128, 96)])
def test_the_map_is_the_shipped_networks(shape):
    pixels = np.random.default_rng(3).uniform(-1, 1, (1, 3, *shape)).astype(np.float32)
    shipped = ov.Core().read_model(model_path(DETECTOR))
    odds = spread_out(infer(with_plain_head(shipped.clone()), pixels)[0])
    assert odds.shape == shape
    np.testing.assert_allclose(1 / (1 + np.exp(-odds)), infer(shipped, pixels)[0, 0], atol=1e-5)


def test_matrices_spread_a_pixel_as_transposed_convolutions_do():
    random = np.random.default_rng(5)
    first, second = random.normal(size=(3, 4, 2, 2)), random.normal(size=(4, 1, 2, 2))
    pixel = random.normal(size=3)
    spread = (second_layer(second) @ (first_layer(first) @ pixel)).astype(np.float32)
    middle = np.einsum("c,coij->oij", pixel, first)
    expected = np.block([[np.einsum("o,okl->kl", middle[:, i, j], second[:, 0]) for j in range(2)] for i in range(2)])
    np.testing.assert_allclose(spread_out(spread[None, None]), expected, rtol=1e-5)


def test_what_pixels_are_made_into_lies_where_they_lay():
    odds = np.arange(2 * 3 * 16, dtype=np.float32).reshape(2, 3, 16)
    rows = [np.concatenate([odds[row, column].reshape(4, 4) for column in range(3)], axis=1) for row in range(2)]
    np.testing.assert_array_equal(spread_out(odds), np.concatenate(rows))
