"""``make bench``: measures everything and writes ``metrics/bench/speed.json`` afresh."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.speed import documents, recording
from benchmarks.speed.harness import ROOT, Setting, Sizes
from benchmarks.speed.photos import find_photos
from benchmarks.speed.rows import MEASUREMENTS
from imagequant.core.files import write_json
from imagequant.evaluation.metrics import rounded

OUTPUT = ROOT / "metrics" / "bench" / "speed.json"
GENERATED = ROOT / "data" / "synthetic"
_SIZES = Sizes()


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(MEASUREMENTS))
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    default=GENERATED,
    help="A folder with labelled CSV files, photos beside them, or one such file. Default: the generated photos.",
)
@click.option("--photos", type=click.IntRange(min=1), default=60, show_default=True, help="Photos in each run.")
@click.option("--choosing", type=click.IntRange(min=1), default=60, show_default=True, help="Photos for settings.")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Runs of each side.")
@click.option("--links", type=click.IntRange(min=2), default=_SIZES.links, show_default=True, help="To download.")
@click.option(
    "--append", type=click.IntRange(min=1), default=_SIZES.append, show_default=True, help="Photos before 1%."
)
@click.option("--memory", type=click.IntRange(min=100), default=_SIZES.memory, show_default=True, help="Photos.")
@click.option(
    "--memory-read",
    type=click.IntRange(min=10),
    default=_SIZES.memory_read,
    show_default=True,
    help="Photos for the stages that look at them.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="For some measurements only: also write them there.",
)
def main(  # one argument per option
    names: tuple[str, ...],
    data: Path,
    photos: int,
    choosing: int,
    runs: int,
    links: int,
    append: int,
    memory: int,
    memory_read: int,
    output: Path | None,
) -> None:
    """Measures everything and writes the whole table, its pages and its plot, or measures only NAMES and prints them.

    Some measurements alone never change the table: it has one origin.
    """
    if output and (not names or output.resolve() == OUTPUT.resolve()):
        raise click.UsageError("--output is for some measurements only, and another file than the table's")
    if not names and (runs < 5 or runs % 2 == 0):
        raise click.UsageError("the table needs an odd number of runs, at least 5")
    sizes = Sizes(links, append, memory, memory_read)
    found = find_photos(data, GENERATED, choosing, photos, runs)
    origin = recording.Origin(recording.machine(), recording.commit(), found.origin)
    started = time.monotonic()
    rows: dict[str, Any] = {}
    taken: dict[str, float] = {}
    run = {
        **asdict(origin),
        "photos_chosen_on": len(found.choosing),
        "photos_reported_on": len(found.reported),
        "runs": runs,
        "sizes": asdict(sizes),
        "versions": recording.versions(),
    }
    for name in names or MEASUREMENTS:
        click.echo(f"bench: {name}", err=True)
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="imagequant-bench-") as scratch:
            setting = Setting(found, Path(scratch), runs, sizes)
            measured = recording.collect(name, partial(_measure, name, setting), origin)
        taken[name] = time.monotonic() - begun
        rows |= measured
        _show(measured)
        # Each time, so that a run that is stopped leaves what it has; the other rows are then not measured.
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        seconds = time.monotonic() - started
        times = {"ended": ended, "seconds": seconds, "seconds_by_measurement": taken}
        _write(OUTPUT if not names else output, rows, run | times)
    if not names:
        documents.fill(ROOT)
    if failed := [key for key, row in rows.items() if recording.has_failed(row)]:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        sys.exit(1)


def _measure(name: str, setting: Setting) -> Mapping[str, Any]:
    measured: Mapping[str, Any] = importlib.import_module(f"benchmarks.speed.{name}").measure(setting)
    return measured


def _show(rows: Mapping[str, Mapping[str, Any]]) -> None:
    for key, row in rows.items():
        if row["value"] is None:
            click.echo(f"{key}: skipped: {row['skipped']}")
        else:
            low, high = row["spread"]
            click.echo(f"{key}: {row['value']:.3g} {row['unit']} ({low:.3g} to {high:.3g}), {row['better']} is better")


def _write(path: Path | None, rows: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    """Writes the rows, and beside them what all of them share."""
    if path is None:
        return
    write_json(path, rows)
    write_json(path.with_name(f"{path.stem}_run.json"), rounded(dict(run)))


if __name__ == "__main__":
    main()
