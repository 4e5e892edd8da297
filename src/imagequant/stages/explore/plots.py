"""The plots: entities with their units, values, and drift."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imagequant.core.files import figure_png

Row = Mapping[Any, Any]
_COLOURS = {"train": "#1f5a93", "test": "#e59a3c"}
_SHADES = ("#1f5a93", "#4f86bd", "#8fb6da", "#c3d9ec")
_OTHER = "#d9d9d9"
_FOREIGN = "#b3432f"
# A segment narrower than this has no room for a name.
_NAMED_SHARE = 0.11


def entities_and_units(entities: Sequence[Row], units: Sequence[Row], names: Sequence[str]) -> bytes:
    """Draws a PNG: share of rows per entity by split, and share of rows per unit by entity."""
    with _own_style():
        figure = Figure(figsize=(13, 5), dpi=100, layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2, 3))
        for number, (split, colour) in enumerate(_COLOURS.items()):
            shares = {row["entity"]: row["share"] for row in entities if row["split"] == split}
            places = [place + (number - 0.5) * 0.38 for place in range(len(names))]
            left.barh(places, [shares.get(name, 0.0) for name in names], 0.36, color=colour, label=split)
        left.set_title("Entities", loc="left")
        left.set_xlabel("share of the split's rows")
        left.legend(frameon=False)
        _draw_units(right, units, names)
        left.set_yticks(range(len(names)), names)
        left.invert_yaxis()
        return figure_png(figure)


def _draw_units(axes: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    for place, entity in enumerate(names):
        at = 0.0
        for name, share, colour in _segments([row for row in rows if row["entity"] == entity]):
            axes.barh(place, share, 0.74, left=at, color=colour, edgecolor="white", linewidth=0.6)
            if share >= _NAMED_SHARE:
                dark = colour in (*_SHADES[:2], _FOREIGN)
                axes.text(at + share / 2, place, name, ha="center", va="center", color="white" if dark else "black")
            at += share
    axes.set_title("Units (train; red: units the contest does not list for the entity)", loc="left")
    axes.set_xlabel("share of the entity's rows")
    axes.set_xlim(0, 1)


def _segments(rows: Sequence[Row]) -> list[tuple[str, float, str]]:
    """Returns name, share and colour: the first units one by one, the others together, foreign ones last."""
    allowed = [row for row in rows if row["allowed"] == "yes"]
    named = [(row["unit"], row["share"], shade) for row, shade in zip(allowed, _SHADES, strict=False)]
    others = sum(row["share"] for row in allowed[len(_SHADES) :])
    foreign = sum(row["share"] for row in rows if row["allowed"] == "no")
    return [*named, ("others", others, _OTHER), ("foreign", foreign, _FOREIGN)]


def values(rows: Sequence[Row], names: Sequence[str]) -> bytes:
    """Draws a PNG: a histogram of log10 of the value in base units for every entity."""
    with _own_style():
        lines = -(-len(names) // 4)
        figure = Figure(figsize=(13, 3 * lines), dpi=100, layout="constrained")
        for axes, entity in zip_longest(figure.subplots(lines, 4).flat, names):
            if entity is None:
                axes.set_axis_off()
            else:
                _draw_values(axes, entity, [row for row in rows if row["entity"] == entity])
        figure.supylabel("share of the entity's rows", fontsize="medium")
        return figure_png(figure)


def _draw_values(axes: Axes, entity: str, rows: Sequence[Row]) -> None:
    axes.set_title(entity, loc="left")
    if not rows:
        axes.text(0.5, 0.5, "no values", ha="center", va="center", transform=axes.transAxes)
        axes.set_axis_off()
        return
    middles = [row["log10_value"] for row in rows]
    axes.bar(middles, [row["share"] for row in rows], 0.24, color=_COLOURS["train"])
    first, last = int(min(middles) // 1), int(max(middles) // 1) + 1
    step = -(-(last - first) // 6)  # at most seven labels have room
    ticks = range(first, last + 1, step)
    axes.set_xticks(list(ticks), [f"$10^{{{tick}}}$" for tick in ticks])
    axes.set_xlabel(rows[0]["unit"])


def drift(rows: Sequence[Row]) -> bytes:
    """Draws a PNG: the distance of each file from the training rows of the others, and the distance by chance."""
    sources = list(dict.fromkeys((row["split"], row["source"]) for row in rows))
    with _own_style():
        figure = Figure(figsize=(13, 1.6 + 1.4 * max(len(sources), 1)), dpi=100, layout="constrained")
        panels = figure.subplots(max(len(sources), 1), 1, squeeze=False).flat
        for axes, source in zip(panels, sources, strict=False):
            _draw_drift(axes, source, [row for row in rows if (row["split"], row["source"]) == source])
        if not sources:
            axes = next(iter(panels))
            axes.text(0.5, 0.5, "nothing to compare: one file of training rows", ha="center", transform=axes.transAxes)
            axes.set_axis_off()
        return figure_png(figure)


def _draw_drift(axes: Axes, source: tuple[str, str], rows: Sequence[Row]) -> None:
    split, name = source
    places = range(len(rows))
    axes.barh(places, [row["distance"] for row in rows], 0.6, color=_COLOURS[split])
    for place, row in zip(places, rows, strict=True):
        axes.plot([row["by_chance"]] * 2, [place - 0.42, place + 0.42], color="black", linewidth=1.5)
        unseen = f"  {row['unseen']:.0%} of rows of kinds not met in training" if row["unseen"] else ""
        axes.text(max(row["distance"], row["by_chance"]), place, f" {row['distance']:.2f}{unseen}", va="center")
    axes.set_title(f"{name} ({split}) against the other training rows; black: by chance", loc="left")
    axes.set_yticks(places, [row["aspect"] for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.4)  # room for the text beside the longest bar
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.set_xlabel("share of rows that would have to be of another kind")


@contextmanager
def _own_style() -> Iterator[None]:
    """Sets the library's defaults, whatever the user's settings: the same rows give the same bytes."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 9})
        yield
