"""The known networks run in a cheaper form, unknown ones as they are; both read the same."""

from __future__ import annotations

import cv2
import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as ops

from imagequant.ocr.rapidocr.detector import LineDetector, usual_shape
from imagequant.ocr.rapidocr.inference import OpenVinoModel
from imagequant.ocr.rapidocr.models import DETECTOR, RECOGNISER, model_path
from imagequant.ocr.rapidocr.optimise import Network, optimise
from imagequant.ocr.rapidocr.recogniser import USUAL_SHAPE, LineRecogniser

SIDE = 320


def shipped(name: str) -> ov.Model:
    return ov.Core().read_model(model_path(name))


def from_a_new_release(name: str) -> ov.Model:
    """The shipped network with one more layer at its end, which changes nothing: probabilities are not negative."""
    model = shipped(name)
    ending = model.output(0).node
    changed = ov.Model([ops.relu(ending.input_value(0))], model.get_parameters())
    for key in ("framework",):
        if key in model.get_rt_info():
            changed.set_rt_info(model.get_rt_info()[key]["character"].value, [key, "character"])
    return changed


def printed(text: str) -> np.ndarray:
    image = np.full((120, SIDE, 3), 255, np.uint8)
    cv2.putText(image, text, (20, 75), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (0, 0, 0), 3, cv2.LINE_AA)
    return image


def detect(network: Network, image: np.ndarray) -> np.ndarray:
    model = OpenVinoModel(network.model, "f32", usual_shape(SIDE))
    return LineDetector(model, network.convert, SIDE, 0.5).detect(image)


def read(network: Network, image: np.ndarray) -> str:
    recogniser = LineRecogniser(
        OpenVinoModel(network.model, "f32", USUAL_SHAPE), network.convert, network.characters, 0.0
    )
    (reading,) = recogniser.read([image])
    return reading.line.text


def test_an_unknown_detector_finds_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    image = printed("500 g")
    known = optimise(shipped(DETECTOR))
    assert not capsys.readouterr().err
    unknown = optimise(from_a_new_release(DETECTOR))
    assert "unknown detector network (expected Sigmoid, found Relu)" in capsys.readouterr().err
    quads = detect(known, image)
    assert len(quads) == 1
    np.testing.assert_allclose(detect(unknown, image), quads, atol=1)


def test_an_unknown_recogniser_reads_the_same_text(capsys: pytest.CaptureFixture[str]) -> None:
    image = printed("500g")[20:100]
    known, unknown = optimise(shipped(RECOGNISER), ["latin"]), optimise(from_a_new_release(RECOGNISER), ["latin"])
    assert "unknown recogniser network" in capsys.readouterr().err
    assert read(known, image) == read(unknown, image) == "500g"
    assert len(unknown.characters) > 5 * len(known.characters)


def test_a_known_network_is_rewritten_and_left_as_it_was() -> None:
    detector = shipped(DETECTOR)
    before = len(detector.get_ordered_ops())
    rewritten = optimise(detector).model
    kinds = {node.get_type_name() for node in rewritten.get_ordered_ops()}
    assert "Sigmoid" not in kinds and "ConvolutionBackpropData" not in kinds
    assert len(detector.get_ordered_ops()) == before


def test_a_convolution_with_steps_keeps_its_mean() -> None:
    pixels = ops.parameter([1, 3, 8, 8], np.float32)
    weights = ops.constant(np.ones((2, 3, 1, 1), np.float32))
    convolution = ops.convolution(pixels, weights, [2, 2], [0, 0], [0, 0], [1, 1])
    means = ops.reduce_mean(convolution, ops.constant(np.array([2, 3])), keep_dims=True)
    values = np.random.default_rng(1).normal(size=(1, 3, 8, 8)).astype(np.float32)
    model = optimise(ov.Model([means], [pixels])).model
    found = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([values])[0]
    np.testing.assert_allclose(found[0, :, 0, 0], np.full(2, values[0, :, ::2, ::2].sum(axis=0).mean()), rtol=1e-4)
