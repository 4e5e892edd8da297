"""Hashes of what stages compute, to compare processors: ``python -m benchmarks.quality.portability [--large]``.

``.ci/other-processor`` compares this processor with others. Emulation is a hundred times slower, so inputs are small,
unless ``--large`` asks for those of the usual size, on which libraries split their loops by the size of the caches.
"""

from __future__ import annotations

from imagequant.core import arithmetic

arithmetic.use("portable")  # before the libraries below load
arithmetic.widen()  # as the workers of stage ocr do: an emulated processor without AVX-512 must compute the same

import hashlib  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import cv2  # noqa: E402
import lightgbm  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from torch import nn  # noqa: E402

from benchmarks.speed.harness import ROOT  # noqa: E402
from imagequant.model.cnn.backbone import load_backbone  # noqa: E402
from imagequant.model.cnn.onnx_export import backbone_to_onnx  # noqa: E402
from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor  # noqa: E402
from imagequant.model.network import without_onednn  # noqa: E402
from imagequant.ocr.rapidocr.engine import load_detector, load_recogniser  # noqa: E402
from imagequant.params import load_params  # noqa: E402

_STEPS = 3
_SCALES = (0.55, 0.813, 1.28, 1.6)


def main() -> None:
    """Print one line per computation."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    is_large = "--large" in sys.argv
    for name, computed in (
        ("numpy", _functions(rng)),
        ("OpenCV", _resized(rng)),
        ("CNN", _features(rng)),
        ("detector", _places(is_large=is_large)),
        ("recogniser", _line(is_large=is_large)),
        ("network", _trained_network(rng)),
        ("trees", _trees(rng)),
        ("calibration", _calibration(rng)),
    ):
        for number, values in enumerate(computed):
            data = np.ascontiguousarray(values).tobytes()
            print(f"{name} {number}: {hashlib.sha256(data).hexdigest()[:16]}", flush=True)


def _functions(rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    values = rng.random((40, 300), dtype=np.float32) + 0.1
    for function in (np.exp, np.log, np.log10, np.sqrt, np.tanh, np.degrees):
        yield function(values)
    yield values @ values.T
    yield np.array([values.sum(), values.mean(), values.std(), np.linalg.norm(values)])


def _resized(rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    image = cv2.GaussianBlur(rng.integers(0, 255, (203, 301, 3), dtype=np.uint8), (5, 5), 0)
    yield image
    yield cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    for scale in _SCALES:
        for interpolation in (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA):
            yield cv2.resize(image, None, fx=scale, fy=scale, interpolation=interpolation)
    corners = np.array([[10, 10], [290, 30], [280, 190], [5, 180]], dtype=np.float32)
    line = np.array([[0, 0], [320, 0], [320, 48], [0, 48]], dtype=np.float32)
    yield cv2.warpPerspective(image, cv2.getPerspectiveTransform(corners, line), (320, 48), flags=cv2.INTER_CUBIC)


def _features(rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    params = load_params(ROOT / "params.yaml")
    network = backbone_to_onnx(load_backbone(params.cnn)[0], params.preprocess.size, 18)
    side = params.preprocess.size
    pixels = rng.integers(0, 255, (1, 3, side, side), dtype=np.uint8)
    yield from OpenVinoExtractor(network, params.cnn.precision)(pixels)


def _line(*, is_large: bool) -> Iterator[NDArray[Any]]:
    """The recogniser's probabilities of the symbols of printed lines."""
    recogniser = load_recogniser(load_params(ROOT / "params.yaml").ocr.rapidocr)
    for width in (320, 512, 1024) if is_large else (320,):
        crop = _printed("12.5 kg", 48, width, 1.2)
        yield recogniser.to_probabilities(recogniser.model(crop[None]))


def _places(*, is_large: bool) -> Iterator[NDArray[Any]]:
    """The detector's map of labels, and its lines."""
    detector = load_detector(load_params(ROOT / "params.yaml").ocr.rapidocr)
    for height, width in ((1280, 1280), (1280, 896), (640, 768)) if is_large else ((64, 128),):
        label = _printed("500 g", height, width, height / 64)
        yield detector.model(label[None])
        yield detector.detect(label)


def _printed(text: str, height: int, width: int, size: float) -> NDArray[np.uint8]:
    label = np.full((height, width, 3), 235, dtype=np.uint8)
    at = (width // 16, 2 * height // 3)
    return np.asarray(cv2.putText(label, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (20, 30, 40), 2), dtype=np.uint8)


def _trained_network(rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    """Weights after some steps with the parts and the optimiser of the hybrid network."""
    torch.manual_seed(0)
    lstm, wide, last = nn.LSTM(48, 64, batch_first=True), nn.Linear(1280, 96), nn.Linear(160, 1)
    weights = [weight for part in (lstm, wide, last) for weight in part.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=1e-3, fused=True)
    for _ in range(_STEPS):
        words, photo, right = (
            torch.from_numpy(rng.random(shape, dtype=np.float32)) for shape in ((16, 40, 48), (16, 1280), (16,))
        )
        with without_onednn():
            states = lstm(words)[0]
        scores = last(torch.cat([states.max(dim=1)[0], torch.relu(wide(photo))], dim=1)).squeeze(1)
        loss = nn.functional.binary_cross_entropy_with_logits(scores, right) + torch.log_softmax(scores, 0).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    for weight in weights:
        yield weight.detach().numpy()


def _trees(rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    features, right = rng.random((400, 12)), rng.integers(0, 2, 400)
    settings = {"objective": "binary", "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}
    trees = lightgbm.train(settings, lightgbm.Dataset(features, right), num_boost_round=20)
    yield np.asarray(trees.predict(features))


def _calibration(rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    inputs = rng.random((300, 8))
    yield LogisticRegression(C=1.0).fit(inputs, inputs[:, 0] + rng.normal(0, 0.5, 300) > 0.5).coef_


if __name__ == "__main__":
    main()
