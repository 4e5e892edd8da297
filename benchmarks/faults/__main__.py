"""``python -m benchmarks.faults [NAME ...]`` injects faults and writes counts to ``metrics/bench/faults.json``."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path

import click

from benchmarks.speed.harness import ROOT
from imagequant.core.files import read_json, write_json

# Each is a module with ``measure(scratch) -> dict`` of counts, which must be the same every time.
PARTS = ("hostile", "text", "images", "kills", "damage", "server")
OUTPUT = ROOT / "metrics" / "bench" / "faults.json"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(PARTS))
def main(names: tuple[str, ...]) -> None:
    """Runs NAMES, or everything. Earlier counts of other parts are kept."""
    known = read_json(OUTPUT) if OUTPUT.exists() else {}
    for name in names or PARTS:
        click.echo(f"faults: {name}", err=True)
        with tempfile.TemporaryDirectory(prefix="imagequant-faults-") as scratch:
            known[name] = importlib.import_module(f"benchmarks.faults.{name}").measure(Path(scratch))
        for key, count in known[name].items():
            click.echo(f"{name}: {key} {count}")
        write_json(OUTPUT, known)


if __name__ == "__main__":
    main()
