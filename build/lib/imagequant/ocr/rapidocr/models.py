"""The model files of the package ``rapidocr``, whose code is not used."""

import hashlib
from importlib.metadata import distribution, version
from pathlib import Path

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"


def model_path(name: str) -> Path:
    """Return where a model file is installed, without the slow import of the package."""
    return Path(str(distribution("rapidocr").locate_file("rapidocr/models"))) / name


def versions() -> dict[str, str]:
    """Return package versions and the hashes of the model files."""
    hashes = {name: hashlib.sha256(model_path(name).read_bytes()).hexdigest() for name in (DETECTOR, RECOGNISER)}
    return {"rapidocr": version("rapidocr"), "openvino": version("openvino"), **hashes}
