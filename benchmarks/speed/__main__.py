"""``python -m benchmarks.speed [NAME ...]`` writes ``metrics/benchmarks/speed.json`` (``make benchmark``)."""

from __future__ import annotations

import importlib
import os
import platform
import tempfile
from pathlib import Path

import click

from benchmarks.speed.harness import ROOT, Setting
from imagequant.core.files import read_json, write_json
from imagequant.evaluation.metrics import rounded
from imagequant.experiments.cross_validation.run import labelled_files

MEASUREMENTS = (
    "ocr",
    "tesseract",
    "cnn",
    "gpu",
    "export",
    "predict",
    "stages",
    "append",
    "noop",
    "download",
    "memory",
    "report",
    "repro",
)
OUTPUT = ROOT / "metrics" / "benchmarks" / "speed.json"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(MEASUREMENTS))
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT / "data" / "synthetic",
    help="A folder with labelled CSV files, photos beside them. Default: the generated photos.",
)
@click.option("--photos", type=click.IntRange(min=1), default=150, show_default=True, help="So many of its photos.")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Runs of each side.")
def main(names: tuple[str, ...], data: Path, photos: int, runs: int) -> None:
    """Measures NAMES, or everything; what was measured before and is not named stays."""
    known = read_json(OUTPUT) if OUTPUT.exists() else {}
    for name in names or MEASUREMENTS:
        click.echo(f"bench: {name}", err=True)
        with tempfile.TemporaryDirectory(prefix="imagequant-bench-") as scratch:
            measure = importlib.import_module(f"benchmarks.speed.{name}").measure
            figures = measure(_setting(data, photos, runs, Path(scratch)))
        for key, figure in figures.items():
            known[key] = {**rounded(figure), "machine": machine(), "data": data.resolve().name}
            low, high = known[key]["spread"]
            click.echo(f"{key}: {known[key]['value']:.2f} ({low:.2f} to {high:.2f})")
        write_json(OUTPUT, known)


def machine() -> str:
    """The processor's name and the number of cores."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


def _setting(data: Path, photos: int, runs: int, scratch: Path) -> Setting:
    found = sorted(path for path in (data / "images").iterdir() if path.is_file())
    step = max(len(found) // photos, 1)
    return Setting(tuple(found[::step][:photos]), tuple(labelled_files(data)), scratch, runs)


if __name__ == "__main__":
    main()
