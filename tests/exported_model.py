"""A model with random weights, exported as the stage does it, and photos with print on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont
from tests.contest import CONTEST, VOCABULARY

from imagequant.candidates.photo import read_photo
from imagequant.core.files import write_bytes
from imagequant.core.records import Box, PhotoFeatures, PhotoWords, Word
from imagequant.model.answers import Calibration
from imagequant.model.batching import collate
from imagequant.model.bundle import BACKBONE_ONNX, RANKER_ONNX, ReadingParams, read_bundle, write_bundle_config
from imagequant.model.cnn.backbone import load_backbone
from imagequant.model.cnn.onnx_export import backbone_to_onnx
from imagequant.model.config import ModelConfig, NetworkConfig
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Limits, make_example
from imagequant.params import load_params
from imagequant.predictor.predictor import Predictor, load_predictor
from imagequant.stages.export.run import write_ranker_onnx

PARAMS = load_params(Path(__file__).parents[1] / "params.yaml")
SIZE = 224
# The print on the photos below is large.
OCR = replace(
    PARAMS.ocr,
    rapidocr=replace(PARAMS.ocr.rapidocr, detection_side=640),
    tesseract=replace(PARAMS.ocr.tesseract, upscale_to=640),
)
NETWORK = NetworkConfig(VOCABULARY, 16, 16, 24, 0.1, True, True, True, True, pooled_width=1280, grid_channels=4)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the export stage leaves it. Whatever the photo gives is answered, never silence."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    network = Ensemble.untrained(NETWORK, 1).eval()
    words = tuple(Word(text, Box(9, y, 90, y + 20), 0.9, 0, "rapidocr") for text, y in (("500 g", 9), ("20 g", 60)))
    reading = read_photo(PhotoWords("p", words, (True, True)), 400, 300, PARAMS.candidates, CONTEST)
    features = PhotoFeatures(np.zeros(1280, np.float32), np.zeros((4, 7, 7), np.float32), np.float32([0, 0, 1, 1]))
    limits = Limits(160, 64)
    write_ranker_onnx(
        folder / RANKER_ONNX,
        network,
        collate([make_example(reading, "item_weight", "", features, limits, CONTEST)]),
        18,
    )
    cnn = replace(PARAMS.cnn, weights="random", grid_channels=4)
    backbone, _ = load_backbone(cnn)
    write_bytes(folder / BACKBONE_ONNX, backbone_to_onnx(backbone, SIZE, 18))
    config = ModelConfig(CONTEST, NETWORK, 1, None, limits, Calibration(threshold=0.0), {})
    write_bundle_config(folder, "test", config, ReadingParams(SIZE, "f32", OCR, PARAMS.candidates))
    return folder


@pytest.fixture(scope="session")
def predictor(model: Path) -> Predictor:
    return load_predictor(model)


@pytest.fixture
def unsure_model(model: Path, tmp_path: Path) -> Path:
    """The same model, never sure enough."""
    folder = tmp_path / "unsure"
    shutil.copytree(model, folder)
    bundle = read_bundle(folder)
    never = replace(bundle.model, calibration=replace(bundle.model.calibration, threshold=1.1))
    write_bundle_config(folder, bundle.info.name, never, bundle.reading)
    return folder


def print_photo(lines: Sequence[str], size: tuple[int, int] = (640, 480)) -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 110 * number), line, fill="black", font=ImageFont.load_default(48))
    return image


@pytest.fixture(scope="session")
def printed() -> Callable[..., Image.Image]:
    return print_photo


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a pack, a plate, and a photo without text."""
    folder = tmp_path / "photos"
    folder.mkdir()
    print_photo(["Net Wt 500 g"]).save(folder / "pack.png")
    print_photo(["Input 220 V", "Power 45 W"]).save(folder / "plate.png")
    print_photo([]).save(folder / "blank.png")
    return folder
