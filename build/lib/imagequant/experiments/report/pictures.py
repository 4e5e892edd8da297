"""The pictures of the report: plots of ``metrics/evaluate``, two revisions side by side, and small photos."""

import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from imagequant.core.files import figure_png
from imagequant.experiments.report.snapshot import Snapshot, Table
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import encoded
from imagequant.storage.checks import OK
from imagequant.storage.layout import shard_path
from imagequant.storage.manifest import MANIFEST_NAME, iterate_manifest
from imagequant.storage.tars import read_images

# From the colour-blind-safe palette of Okabe and Ito.
_BASE, _CHANGE = "#999999", "#0072b2"
_SIDE = 320


def draw_plots(base: Snapshot, change: Snapshot) -> dict[str, bytes]:
    """Return PNGs by name, without the plots for which a snapshot has no table."""
    both = {name: (base.tables[name], change.tables[name]) for name in base.tables}
    names = (base.name, "this change")
    # Beside the rows answered correctly the other bars would be too short to compare.
    errors = [[line for line in table if line["bucket"] != "right"] for table in both["buckets"]]
    makers: Mapping[str, Callable[[], Figure]] = {
        "risk_coverage": lambda: _side_by_side(names, both["risk_coverage"], _risk),
        "reliability": lambda: _side_by_side(names, both["reliability"], _reliability),
        "by_entity": lambda: _bars(names, both["by_entity"], "entity", "contest_f1", "contest F1", ".3f"),
        "buckets": lambda: _bars(names, errors, "bucket", "rows", "rows lost", ".0f"),
        "axis_confusion": lambda: _confusions(names, both["axis_confusion"], "asked", "answered"),
        "unit_confusion": lambda: _confusions(names, both["unit_confusion"], "truth", "predicted"),
    }
    return {name: figure_png(make(), dpi=120) for name, make in makers.items() if all(both[name])}


def _side_by_side(names: Sequence[str], tables: Sequence[Table], draw: Callable[[Axes, Table], None]) -> Figure:
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    pair = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, name, table in zip(pair, names, tables, strict=True):
        draw(axes, table)
        axes.set_title(name)
        axes.label_outer()
        axes.grid(alpha=0.3)
    return figure


def _risk(axes: Axes, table: Table) -> None:
    axes.plot(_column(table, "coverage"), _column(table, "risk"), color=_CHANGE)
    axes.set(xlabel="share of rows answered", ylabel="share of answers wrong", xlim=(0, 1))
    axes.set_ylim(bottom=0)


def _reliability(axes: Axes, table: Table) -> None:
    axes.plot([0, 1], [0, 1], color=_BASE, linewidth=1)
    sizes = [max(10.0, 3 * rows) for rows in _column(table, "rows")]
    axes.scatter(_column(table, "confidence"), _column(table, "right"), s=sizes, color=_CHANGE, alpha=0.7)
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1.03))


def _bars(names: Sequence[str], tables: Sequence[Table], key: str, value: str, label: str, form: str) -> Figure:
    keys = list(dict.fromkeys(line[key] for table in tables for line in table))
    figure = Figure(figsize=(9, 0.8 + 0.5 * len(keys)), layout="constrained")
    axes = figure.subplots()
    for offset, name, color, table in zip((-0.2, 0.2), names, (_BASE, _CHANGE), tables, strict=True):
        values = {line[key]: float(line[value]) for line in table}
        places = [number + offset for number in range(len(keys))]
        bars = axes.barh(places, [values.get(each, 0.0) for each in keys], height=0.38, color=color, label=name)
        axes.bar_label(
            bars, [f"{values[each]:{form}}" if each in values else "-" for each in keys], padding=3, fontsize=8
        )
    axes.set_yticks(range(len(keys)), keys)
    axes.invert_yaxis()
    axes.set_xlabel(label)
    axes.margins(x=0.08)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    return figure


def _confusions(names: Sequence[str], tables: Sequence[Table], truth: str, answer: str) -> Figure:
    """Plots counts, coloured by the share of the label's rows."""
    down = sorted({line[truth] for table in tables for line in table})
    across = sorted({line[answer] for table in tables for line in table}, key=lambda name: (name not in down, name))
    figure = Figure(figsize=(3 + 1.0 * len(across), 1.8 + 0.36 * len(down)), layout="constrained")
    pair = figure.subplots(1, 2, sharey=True)
    for axes, name, table in zip(pair, names, tables, strict=True):
        counts = [[sum(line[truth] == t and line[answer] == a for line in table) for a in across] for t in down]
        shares = [[count / max(1, sum(line)) for count in line] for line in counts]
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for y, line in enumerate(counts):
            for x, count in enumerate(line):
                if count:
                    color = "white" if shares[y][x] > 0.5 else "black"
                    axes.text(x, y, str(count), ha="center", va="center", color=color, fontsize=8)
        axes.set_xticks(range(len(across)), across, rotation=40, ha="right", fontsize=8)
        axes.set_yticks(range(len(down)), down, fontsize=8)
        axes.set(title=name, xlabel=answer)
    pair[0].set_ylabel(truth)
    return figure


def _column(table: Table, name: str) -> list[float]:
    return [float(line[name]) for line in table]


def small_pictures(folder: Path, wanted: Collection[str], *, pull: bool) -> Iterator[tuple[str, bytes]]:
    """Yields (content hash, JPEG) of the available photos of a download folder, at most 320 pixels wide and high.

    If ``pull``, ``dvc pull`` fetches missing shards, only those that hold a wanted photo.
    """
    manifest = folder / MANIFEST_NAME
    if not wanted or not _is_available(manifest, pull=pull):
        return
    numbers = {row.shard for row in iterate_manifest(folder) if row.status == OK and row.sha256 in wanted}
    paths = (shard_path(folder, number, "tar") for number in sorted(numbers))
    for name, payload in read_images((path for path in paths if _is_available(path, pull=pull)), wanted):
        picture = Image.fromarray(decode_rgb(payload))
        picture.thumbnail((_SIDE, _SIDE))
        yield name, encoded(picture, "JPEG", quality=80)


def _is_available(path: Path, *, pull: bool) -> bool:
    if not path.exists() and pull:
        # If the remote lacks it too, the report does without the picture.
        subprocess.run(["dvc", "pull", "--quiet", str(path)], check=False)
    return path.exists()
