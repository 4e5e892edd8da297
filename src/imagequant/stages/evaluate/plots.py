"""The plots of the report, in the colours of light and dark pages."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Points = Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class Theme:
    """Colours, the same as in ``report.css``."""

    page: str
    text: str
    line: str
    grid: str


LIGHT = Theme("#ffffff", "#1b1f24", "#0072b2", "#c4cad1")
DARK = Theme("#14171b", "#e6e8eb", "#56b4e9", "#3d444d")


def risk_plot(points: Points, theme: Theme) -> bytes:
    """Plots risk against coverage, as PNG."""
    figure, axes = _plot("Risk against coverage", "share of rows answered", "share of answers wrong", theme)
    axes.plot([point["coverage"] for point in points], [point["risk"] for point in points], color=theme.line)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    return _png(figure)


def reliability_plot(points: Points, theme: Theme) -> bytes:
    """Plots the share of correct answers against mean confidence, as PNG. The area of a circle is its share of rows."""
    figure, axes = _plot("Reliability", "confidence", "share right", theme)
    rows = max(sum(point["rows"] for point in points), 1)
    axes.plot([0, 1], [0, 1], color=theme.grid, linewidth=1)
    axes.scatter(
        [point["confidence"] for point in points],
        [point["right"] for point in points],
        s=[12 + 400 * point["rows"] / rows for point in points],
        color=theme.line,
        alpha=0.8,
        clip_on=False,
        zorder=3,
    )
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return _png(figure)


def _plot(title: str, across: str, up: str, theme: Theme) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(5, 3.5), layout="constrained", facecolor=theme.page)
    axes = figure.add_subplot(facecolor=theme.page)
    axes.set_title(title, color=theme.text)
    axes.set_xlabel(across, color=theme.text)
    axes.set_ylabel(up, color=theme.text)
    axes.tick_params(colors=theme.text)
    axes.spines[:].set_color(theme.grid)
    axes.grid(color=theme.grid, alpha=0.5)
    return figure, axes


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Without the software's name the bytes depend only on the data.
    figure.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()
