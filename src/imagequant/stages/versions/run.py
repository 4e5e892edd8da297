"""The installed packages, programs and models -> ``data/versions/<stage>.json``, dependencies of the other stages.

A different Tesseract or torch changes results as different code does, and DVC cannot see either. So this stage runs in
every ``dvc repro``. It writes the same bytes while nothing changed; git keeps them.
"""

from __future__ import annotations

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
    """Records the versions and prints which of them changed.

    Raises:
        InputError: If an OCR engine named in the params is missing.
    """
    folder = layout.data("versions")
    before = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    versions = installed(params)
    fresh_folder(folder)
    for stage, names in versions.items():
        write_json(folder / f"{stage}.json", names)
    for line in changes(before, versions):
        print(f"versions: {line}", file=sys.stderr)


def installed(params: Params) -> dict[str, dict[str, str]]:
    """Returns versions by stage and name; for OCR also those of programs and models.

    Raises:
        InputError: If an OCR engine named in the params is missing.
    """
    found = {
        stage: {name: package_version(name) for name in names} for stage, names in params.versions.packages.items()
    }
    for engine in params.ocr.engines:
        found.setdefault("ocr", {}).update(engine_versions(engine, params.ocr))
    return found


def changes(before: Versions, now: Versions) -> Iterator[str]:
    """Yields one line per version that differs: stage, name, old and new version."""
    for stage in sorted(before.keys() | now.keys()):
        old, new = before.get(stage, {}), now.get(stage, {})
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield f"{stage}: {name} {old.get(name, 'none')} -> {new.get(name, 'none')}"


def package_version(package: str) -> str:
    """Returns an installed package's version; ``none`` if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
