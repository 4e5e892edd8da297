"""What is recorded beside each figure, so that nothing has to be added by hand: machine, commit, data, versions."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import ROOT, Figure, Skipped
from benchmarks.speed.rows import Row, rows_of
from imagequant.evaluation.metrics import rounded

# Whose versions speed depends on.
_PACKAGES = ("dvc", "numpy", "opencv-python-headless", "openvino", "pillow", "rapidocr", "torch")
# What is measured depends on these.
_MEASURED = (
    "src",
    "benchmarks",
    "params.yaml",
    "dvc.yaml",
    "requirements.lock",
    "requirements-dev.lock",
    "pyproject.toml",
    "Makefile",
)
_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")


@dataclass(frozen=True)
class Origin:
    """Where the figures of one run come from: the same for all of its rows."""

    machine: str
    commit: str
    data: str


def collect(measurement: str, measure: Callable[[], Mapping[str, Figure | Skipped]], origin: Origin) -> dict[str, Any]:
    """Runs a measurement and records all of its rows: what was measured, or why it was not.

    A measurement that fails is recorded too, so that hours of others are not lost.
    """
    try:
        figures = measure()
    except Skipped as reason:
        figures = {row.key: reason for row in rows_of(measurement)}
    except Exception as error:
        print(f"  {measurement} failed: {error}", file=sys.stderr, flush=True)
        figures = {row.key: Skipped(f"failed: {error}") for row in rows_of(measurement)}
    known = {row.key for row in rows_of(measurement)}
    if unknown := set(figures) - known:
        raise ValueError(f"{measurement} measures {', '.join(sorted(unknown))}, which the table does not have")
    return {
        row.key: recorded(row, figures.get(row.key, Skipped("failed: nothing was measured")), origin)
        for row in rows_of(measurement)
    }


def recorded(row: Row, figure: Figure | Skipped, origin: Origin) -> dict[str, Any]:
    """A row as it stands in the file. A figure that has its own ``data`` was not measured on the photos."""
    about = {
        "unit": row.unit,
        "better": row.better,
        "machine": origin.machine,
        "commit": origin.commit,
        "data": origin.data,
    }
    if isinstance(figure, Skipped):
        return {"value": None, "spread": None, "skipped": _one_line(str(figure)), **about}
    return {**about, **rounded(dict(figure))}


def has_failed(row: Mapping[str, Any]) -> bool:
    """Whether a row is missing because of an error, not because of the machine."""
    return str(row.get("skipped", "")).startswith("failed")


def machine() -> str:
    """The processor's name, its features that matter here, and the number of cores."""
    names = _cpuinfo("model name")
    features = [feature for feature in _FEATURES if feature in processor_features()]
    return f"{names or platform.processor()}, {os.cpu_count()} cores ({', '.join(features) or 'no features known'})"


def processor_features() -> frozenset[str]:
    """The instruction sets that Linux lists."""
    return frozenset((_cpuinfo("flags") or _cpuinfo("Features")).split())


def commit() -> str:
    """The commit that is checked out; says if something that is measured differs from it."""
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--", *_MEASURED)
    except (OSError, subprocess.CalledProcessError):
        return "unknown (no git repository)"
    return f"{name} with changes" if changed else name


def versions() -> dict[str, str]:
    """Of Python, the kernel, packages and programs."""
    found = {"python": platform.python_version(), "system": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    found["tesseract"] = _tesseract()
    return found


def _tesseract() -> str:
    try:
        done = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not installed"
    return (done.stdout or done.stderr).splitlines()[0]


def _cpuinfo(field: str) -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == field), "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())[-500:]
