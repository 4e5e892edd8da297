"""The model files inside the package ``rapidocr``, whose code is not used."""

from __future__ import annotations

import hashlib
from importlib.metadata import distribution, version
from pathlib import Path

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"


def model_path(name: str) -> Path:
    """Returns where a model file is installed. Importing the package would load much that is not used."""
    return Path(str(distribution("rapidocr").locate_file("rapidocr/models"))) / name


def versions() -> dict[str, str]:
    """Returns package versions and the hashes of the model files."""
    hashes = {name: hashlib.sha256(model_path(name).read_bytes()).hexdigest() for name in (DETECTOR, RECOGNISER)}
    return {"rapidocr": version("rapidocr"), "openvino": version("openvino"), **hashes}
