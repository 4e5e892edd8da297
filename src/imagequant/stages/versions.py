"""Versions of what computes: the results of a stage depend on them as on its code, and DVC cannot see them itself.

``imagequant versions`` writes what is installed to ``data/versions/<stage>.json``, a dependency of the stage, kept by
git: another Tesseract or torch than results were made with is a change like any other, and the stages it touches run
again. ``make repro`` does so first.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from imagequant.core.files import read_json, write_json
from imagequant.ocr.registry import build_engine
from imagequant.params import OcrEngineName, OcrParams
from imagequant.storage.layout import Layout

# The packages whose arithmetic or formats are in a stage's results.
PACKAGES = {
    "download": ("pillow",),
    "preprocess": ("numpy", "pillow"),
    "cnn": ("numpy", "onnx", "openvino", "torch", "torchvision"),
    "ocr": ("numpy", "opencv-python-headless", "openvino", "pillow"),
    "candidates": ("numpy", "opencv-python-headless", "pillow"),
    "train": ("lightgbm", "numpy", "torch"),
    "evaluate": ("numpy", "torch"),
    "predict": ("numpy", "torch"),
    "export": ("onnx", "onnxruntime", "torch"),
}
# Those that come with the project; a service's version nobody knows.
_ENGINES: tuple[OcrEngineName, ...] = ("rapidocr", "tesseract")


def installed(params: OcrParams) -> dict[str, dict[str, str]]:
    """What is installed, by stage; of OCR with programs and models.

    Raises:
        InputError: If an OCR engine is missing.
    """
    found = {stage: {name: _version(name) for name in names} for stage, names in PACKAGES.items()}
    for name in _ENGINES:
        found["ocr"] |= build_engine(name, params).versions()
    return found


def record(layout: Layout, versions: dict[str, dict[str, str]]) -> list[str]:
    """Writes versions where they differ from those written before.

    Returns:
        A line for each difference: stage, name, what was written, what is.
    """
    lines = []
    for stage, names in versions.items():
        path = layout.data("versions") / f"{stage}.json"
        before: dict[str, str] = read_json(path) if path.exists() else {}
        lines += [
            f"{stage}: {name} {before.get(name, 'none')} -> {names.get(name, 'none')}"
            for name in sorted(before.keys() | names.keys())
            if before.get(name) != names.get(name)
        ]
        write_json(path, names)
    return lines


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
