"""Writes versions to ``data/versions/<stage>.json``, on which the other stages depend.

Another version of Tesseract or torch can change results, but DVC cannot see it. So this stage runs in every
``dvc repro``; if nothing changed, it writes the same bytes.
"""

import json
import sys
from importlib.metadata import PackageNotFoundError, version

from imagequant.core import arithmetic
from imagequant.core.files import fresh_folder, write_json
from imagequant.model.cnn.weights import expected_weights
from imagequant.ocr.registry import engine_versions
from imagequant.params import Params
from imagequant.storage.layout import Layout
from imagequant.storage.versions import version_changes


def run(params: Params, layout: Layout) -> None:
    """Record the versions and print changes."""
    folder = layout.data("versions")
    before = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    versions = installed(params)
    fresh_folder(folder)
    for stage, names in versions.items():
        write_json(folder / f"{stage}.json", names)
    for line in version_changes(before, versions):
        print(f"versions: {line}", file=sys.stderr)


def installed(params: Params) -> dict[str, dict[str, str]]:
    """Return versions by stage and name, including programs and models for OCR; a missing engine is an error.

    Stages that compute with numpy also depend on the arithmetic.
    """
    found: dict[str, dict[str, str]] = {}
    for stage, names in params.versions.packages.items():
        found[stage] = {name: package_version(name) for name in names}
        if "numpy" in names:
            found[stage]["arithmetic"] = arithmetic.in_use()
    if "cnn" in found:
        found["cnn"] |= expected_weights(params.cnn).metadata()
    for engine in params.ocr.engines:
        found.setdefault("ocr", {}).update(engine_versions(engine, params.ocr))
    return found


def package_version(package: str) -> str:
    """Return an installed package's version, or ``none``."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
