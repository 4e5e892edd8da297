"""What made results depend on the make of processor stays out: see ``.ci/other-processor``, which measures it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openvino as ov
import pytest

from imagequant.model.cnn.backbone import load_backbone
from imagequant.model.cnn.onnx_export import backbone_to_onnx
from imagequant.ocr.rapidocr.models import DETECTOR, RECOGNISER, model_path
from imagequant.ocr.rapidocr.optimise import optimise
from imagequant.params import load_params

# OpenVINO adds up longer matrix products in blocks that fit the processor's cache.
_LONGEST_PRODUCT = 256
_PARAMS = Path(__file__).parents[2] / "params.yaml"


def network(name: str) -> ov.Model:
    if name == "backbone":
        params = load_params(_PARAMS)
        return ov.Core().read_model(backbone_to_onnx(load_backbone(params.cnn)[0], params.preprocess.size, 18))
    return optimise(ov.Core().read_model(model_path(name))).model


def products(model: ov.Model) -> Iterator[int]:
    """The lengths of the products with constant matrices."""
    for node in model.get_ordered_ops():
        if node.get_type_name() == "MatMul" and node.input_value(1).get_node().get_type_name() == "Constant":
            rows, columns = node.input_value(1).get_partial_shape()
            yield (columns if node.get_attributes()["transpose_b"] else rows).get_length()


@pytest.mark.parametrize("name", [DETECTOR, RECOGNISER, "backbone"])
def test_networks_have_no_long_matrix_products(name: str) -> None:
    assert max(products(network(name)), default=0) <= _LONGEST_PRODUCT


def test_the_recogniser_has_products_to_check() -> None:
    assert max(products(network(RECOGNISER))) == 240


def test_opencv_leaves_intels_routines_alone() -> None:
    program = "from imagequant.core import arithmetic; arithmetic.use('portable'); import cv2; print(cv2.ipp.useIPP())"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
