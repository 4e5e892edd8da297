"""Writes versions to ``data/versions/<stage>.json``, on which the other stages depend.

Another version of Tesseract or torch can change results, but DVC cannot see it. So this stage runs in every
``dvc repro``; if nothing changed, it writes the same bytes.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from imagequant.core.files import fresh_folder, write_json
from imagequant.ocr.registry import engine_versions
from imagequant.params import Params
from imagequant.storage.layout import Layout

Versions = Mapping[str, Mapping[str, str]]


def run(params: Params, layout: Layout) -> None:
    """Record the versions and print changes."""
    folder = layout.data("versions")
    before = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    versions = installed(params)
    fresh_folder(folder)
    for stage, names in versions.items():
        write_json(folder / f"{stage}.json", names)
    for line in changes(before, versions):
        print(f"versions: {line}", file=sys.stderr)


def installed(params: Params) -> dict[str, dict[str, str]]:
    """Return versions by stage and name, including programs and models for OCR; a missing engine is an error."""
    found: dict[str, dict[str, str]] = {}
    for stage, names in params.versions.packages.items():
        found[stage] = {name: package_version(name) for name in names}
    for engine in params.ocr.engines:
        found.setdefault("ocr", {}).update(engine_versions(engine, params.ocr))
    return found


def changes(before: Versions, now: Versions) -> Iterator[str]:
    """Yield one line per changed version."""
    for stage in sorted(before.keys() | now.keys()):
        old, new = before.get(stage, {}), now.get(stage, {})
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield f"{stage}: {name} {old.get(name, 'none')} -> {new.get(name, 'none')}"


def package_version(package: str) -> str:
    """Return an installed package's version, or ``none``."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
