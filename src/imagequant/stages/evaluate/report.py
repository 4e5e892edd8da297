"""The report: one HTML file that opens without a network."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imagequant.core.files import figure_png
from imagequant.core.records import PhotoReading
from imagequant.evaluation import metrics
from imagequant.evaluation.bootstrap import contest_f1
from imagequant.evaluation.scored_row import BUCKETS, ScoredRow
from imagequant.imaging.palette import palette_css
from imagequant.params import EvaluateParams
from imagequant.stages.evaluate.browser import BrowserRow, embed_json, photo_numbers, photos_json, rows_json
from imagequant.stages.evaluate.thresholds import STEPS, by_threshold

_MAX_UNIT_SWAPS = 12
_SCRIPTS = ("report.drawing.js", "report.slider.js", "report.js")
_RISK = "Share of answers wrong against share of rows answered, the surest first"
_RELIABILITY = "Share of answers right against their confidence"
Points = Sequence[Mapping[str, float]]


def render_report(
    summary: Mapping[str, Any],
    rows: Sequence[ScoredRow],
    params: EvaluateParams,
    worst: Sequence[BrowserRow],
    readings: Mapping[str, PhotoReading],
    tars: Path,
    about: Sequence[tuple[str, str]],
    threshold: float,
    entities: Sequence[str],
) -> Iterator[str]:
    """Yields the self-contained page in pieces, so that the photos need not fit in memory.

    ``worst`` are the rows in the error browser, ``readings`` their photos' words by content hash, ``tars`` the shards
    with these photos, ``about`` the lines of the model card, ``threshold`` and ``entities`` the model's.
    """
    numbers = photo_numbers(worst)
    pictures = max(params.worst_errors, params.report_photos)
    # Only text of this package and JSON from `embed_json` is marked safe in the template.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    style = _read_resource("report.css") + palette_css(entities)
    script = "".join(map(_read_resource, _SCRIPTS))
    yield from environment.from_string(_read_resource("report.html.j2")).generate(
        style=style,
        script=script,
        policy=_policy(style, script),
        summary=summary,
        about=about,
        threshold=threshold,
        steps=STEPS,
        thresholds_json=embed_json(by_threshold(rows, entities)),
        headlines=_headlines(summary),
        entities=_entity_lines(summary, rows, params, entities),
        buckets=[name for name in BUCKETS if name != "right"],
        bucket_lines=[
            {"name": entity, "counts": metrics.bucket_counts(mine)}
            for entity in entities
            if (mine := [row for row in rows if row.entity == entity])
        ],
        axes=(*metrics.AXES, "other", "silent"),
        axis_lines=_axis_lines(rows),
        unit_swaps=_unit_swaps(rows),
        plots=[
            {"alt": alt, "light": _base64(plot(points, LIGHT)), "dark": _base64(plot(points, DARK))}
            for alt, plot, points in (
                (_RISK, risk_plot, metrics.risk_coverage(rows)),
                (_RELIABILITY, reliability_plot, metrics.reliability(rows)),
            )
        ],
        rows_json=rows_json(worst, numbers),
        rows=len(worst),
        photo_count=len(numbers),
        photos=photos_json(readings, tars, numbers, params.worst_errors, pictures),
        pictures=pictures,
    )


def _read_resource(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return a policy that forbids requests and all scripts and styles but these two: text from photos never runs."""
    hashes = (_base64(hashlib.sha256(text.encode()).digest()) for text in (style, script))
    style_hash, script_hash = (f"'sha256-{digest}'" for digest in hashes)
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; img-src data:; style-src {style_hash}; script-src {script_hash}; {rest}"


def _headlines(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    named = {
        "contest F1": "contest_f1",
        "exact match": "exact_match",
        "oracle recall": "oracle_recall",
        "coverage at 95% precision": "coverage_at_95",
        "coverage at 99% precision": "coverage_at_99",
        "precision": "precision",
        "recall": "recall",
        "within 2 percent": "within_2_percent",
        "F1 of the first quantity read": "baseline_first_quantity_contest_f1",
        "calibration error": "expected_calibration_error",
        "area under risk-coverage": "area_under_risk_coverage",
    }
    return [
        {"name": name, "value": summary[key], "interval": summary["ci95"].get(key, ())} for name, key in named.items()
    ]


def _entity_lines(
    summary: Mapping[str, Any], rows: Sequence[ScoredRow], params: EvaluateParams, entities: Sequence[str]
) -> list[dict[str, Any]]:
    lines = []
    for entity in entities:
        mine = [row for row in rows if row.entity == entity]
        if mine:
            interval = metrics.interval_of(mine, contest_f1, params)
            lines.append({"name": entity, **summary["by_entity"][entity], "interval": interval})
    return [*lines, {**summary, "name": "all", "interval": summary["ci95"]["contest_f1"]}]


def _axis_lines(rows: Sequence[ScoredRow]) -> list[dict[str, Any]]:
    counts = Counter((line["asked"], line["answered"]) for line in metrics.axis_confusion(rows))
    columns = (*metrics.AXES, "other", "silent")
    lines = [{"name": axis, "counts": [counts[axis, column] for column in columns]} for axis in metrics.AXES]
    return [line for line in lines if any(line["counts"])]


def _unit_swaps(rows: Sequence[ScoredRow]) -> list[dict[str, Any]]:
    counts = Counter((line["truth"], line["predicted"]) for line in metrics.unit_confusion(rows))
    swaps = [(*units, count) for units, count in counts.items() if units[0] != units[1]]
    swaps.sort(key=lambda swap: (-swap[2], swap[0], swap[1]))
    return [{"label": label, "answer": answer, "rows": count} for label, answer, count in swaps[:_MAX_UNIT_SWAPS]]


def _base64(payload: bytes) -> str:
    return base64.b64encode(payload).decode("ascii")


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
    return figure_png(figure, dpi=120)


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
    return figure_png(figure, dpi=120)


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
