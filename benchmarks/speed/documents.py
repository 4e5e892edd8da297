"""``python -m benchmarks.speed.documents`` fills pages and draws the plot from what was recorded; measures nothing.

In a page, what stands between ``<!-- speed: NAME -->`` and ``<!-- /speed -->`` is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.speed import scale, table
from benchmarks.speed.harness import ROOT
from imagequant.core.files import figure_png, read_json, write_bytes, write_text

PAGES = ("README.md", "docs/speed.md")
PLOT = "docs/images/speed.png"
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
    """The rows and what they share; both empty if nothing was measured yet."""
    folder = root / "metrics" / "bench"
    figures, run = folder / "speed.json", folder / "speed_run.json"
    return (read_json(figures), read_json(run)) if figures.exists() and run.exists() else ({}, {})


def filled(text: str, figures: table.Figures, run: Mapping[str, Any]) -> str:
    """A page's text with its blocks as the figures have them."""
    parts: dict[str, Callable[[], str]] = {
        "origin": lambda: table.origin(run),
        "table": lambda: table.full(figures, run["data"]),
        "short": lambda: table.short(figures),
        "points": lambda: f"{table.points(figures)}\n\n![Oracle recall by seconds per photo](images/{Path(PLOT).name})",
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

    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for point in table.readers(figures):
        taken, recall = point["seconds_a_photo"], point["oracle_recall"]["oracle_recall"]
        low, high = taken["spread"]
        is_ours = point["name"].startswith("ours")
        axes.errorbar(
            taken["value"],
            recall,
            xerr=[[taken["value"] - low], [high - taken["value"]]],
            fmt="o" if is_ours else "s",
            color="tab:blue" if is_ours else "tab:orange",
            capsize=3,
        )
        label = f"{point['name']}\n{point['precision']}"
        axes.annotate(label, (taken["value"], recall), xytext=(6, 4), textcoords="offset points", fontsize=7)
    axes.set(xlabel="seconds per photo, start-up included (left is better)", ylabel="oracle recall", xscale="log")
    axes.margins(0.15)
    picture = figure_png(figure, dpi=110)
    pyplot.close(figure)
    return picture


if __name__ == "__main__":
    fill(ROOT)
