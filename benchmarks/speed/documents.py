"""``python -m benchmarks.speed.documents`` fills pages and draws the plot from what was recorded; measures nothing.

In a page, what stands between ``<!-- speed: NAME -->`` and ``<!-- /speed -->`` is replaced.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.speed import scale, table
from benchmarks.speed.harness import ROOT
from imagequant.core.files import figure_png, read_json, write_bytes, write_text

PAGES = ("README.md", "docs/speed.md")
PLOT = "docs/images/speed.png"
_CAPTION = "Oracle recall by seconds per photo; upper left is better"
_BLOCK = re.compile(r"(<!-- speed: (\w+) -->\n).*?(<!-- /speed -->)", re.DOTALL)


def fill(root: Path) -> None:
    """Fills all pages of a checkout and draws its plot."""
    figures, run = recorded(root)
    for name in PAGES:
        page = root / name
        write_text(page, filled(page.read_text(encoding="utf-8"), figures, run))
    if table.readers(figures):
        write_bytes(root / PLOT, plot(figures))


def recorded(root: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows and what they share: of the whole table, else of OCR alone (``ocr --output metrics/bench/ocr.json``).

    Both are empty if nothing was measured yet.
    """
    folder = root / "metrics" / "bench"
    for name in ("speed", "ocr"):
        figures, run = folder / f"{name}.json", folder / f"{name}_run.json"
        if figures.exists() and run.exists():
            return read_json(figures), read_json(run)
    return {}, {}


def filled(text: str, figures: table.Figures, run: Mapping[str, Any]) -> str:
    """A page's text with its blocks as the figures have them."""
    parts: dict[str, Callable[[], str]] = {
        "origin": lambda: table.origin(run, figures),
        "table": lambda: table.full(figures, run["data"]),
        "short": lambda: table.short(figures),
        "points": lambda: f"{table.points(figures)}\n\n![{_CAPTION}](images/{Path(PLOT).name})",
        "billion": lambda: scale.markdown(figures, 1e9) if scale.is_measured(figures) else table.NOT_YET,
    }

    def block(found: re.Match[str]) -> str:
        return f"{found[1]}{parts[found[2]]() if figures else table.NOT_YET}\n{found[3]}"

    return _BLOCK.sub(block, text)


def plot(figures: table.Figures) -> bytes:
    """Oracle recall by seconds per photo, one point for everyone who reads; ranges as bars."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot
    from matplotlib.ticker import FormatStrFormatter, LogLocator

    figure, axes = pyplot.subplots(figsize=(9, 4), layout="constrained")
    for point, marker in zip(table.readers(figures), itertools.cycle("osD^vPX*"), strict=False):
        taken = point["seconds_a_photo"]
        low, high = taken["spread"]
        axes.errorbar(
            taken["value"],
            point["oracle_recall"]["oracle_recall"],
            xerr=[[taken["value"] - low], [high - taken["value"]]],
            fmt=marker,
            color="tab:blue" if point["name"].startswith("ours") else "tab:orange",
            capsize=3,
            label=f"{point['name']},\n{point['precision']}",
        )
    axes.set(xlabel="seconds per photo, start-up included", ylabel="oracle recall", xscale="log")
    axes.xaxis.set_minor_locator(LogLocator(subs=(2, 3, 5)))
    for axis in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        axis(FormatStrFormatter("%.2g"))
    axes.margins(0.15)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right center", fontsize=8, labelspacing=0.8, frameon=False)
    picture = figure_png(figure, dpi=110)
    pyplot.close(figure)
    return picture


if __name__ == "__main__":
    fill(ROOT)
