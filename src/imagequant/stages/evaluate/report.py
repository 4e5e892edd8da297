"""The report: one HTML file that opens without a network."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from imagequant.evaluation import metrics
from imagequant.evaluation.results import BUCKETS, Result
from imagequant.params import EvaluateParams
from imagequant.quantity.units import ENTITIES
from imagequant.stages.evaluate.browser import Kept
from imagequant.stages.evaluate.plots import DARK, LIGHT, Points, reliability_plot, risk_plot

_UNIT_SWAPS = 12


@dataclass(frozen=True)
class BrowserData:
    """The error browser's rows as JSON, and the photos' numbers and JSON, one after the other; how many they are."""

    rows_json: str
    rows: int
    photo_count: int
    photos: Iterable[tuple[int, str]]
    kept: Kept


def render_report(
    summary: Mapping[str, Any], results: Sequence[Result], params: EvaluateParams, browser: BrowserData
) -> Iterator[str]:
    """The page in pieces, so that not all photos are in memory; everything it shows is inside it."""
    # What is marked safe in the template is this package's own text, or JSON that `embedded` made.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    style, script = _beside("report.css"), _beside("report.js")
    yield from environment.from_string(_beside("report.html.j2")).generate(
        style=style,
        script=script,
        policy=_policy(style, script),
        summary=summary,
        headlines=_headlines(summary),
        entities=_entity_lines(summary, results, params),
        buckets=[name for name in BUCKETS if name != "right"],
        bucket_lines=_bucket_lines(results),
        axes=(*metrics.AXES, "other", "silent"),
        axis_lines=_axis_lines(results),
        unit_swaps=_unit_swaps(results),
        plots=_plots(metrics.risk_coverage(results), metrics.reliability(results)),
        rows_json=browser.rows_json,
        rows=browser.rows,
        photo_count=browser.photo_count,
        photos=browser.photos,
        kept=browser.kept,
    )


def _beside(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is fetched, and of scripts and styles only these two are run: what strangers printed never is."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    style_hash, script_hash = (f"'sha256-{digest}'" for digest in hashes)
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; img-src data:; style-src {style_hash}; script-src {script_hash}; {rest}"


def _headlines(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    named = {
        "contest F1": "contest_f1",
        "exact match": "exact_match",
        "oracle recall": "oracle_recall",
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
    summary: Mapping[str, Any], results: Sequence[Result], params: EvaluateParams
) -> list[dict[str, Any]]:
    lines = []
    for entity in ENTITIES:
        mine = [result for result in results if result.label.entity == entity]
        if mine:
            interval = metrics.confidence(mine, metrics.RESAMPLED["contest_f1"], params)
            lines.append({"name": entity, **summary["by_entity"][entity], "interval": interval})
    return [*lines, {**summary, "name": "all", "interval": summary["ci95"]["contest_f1"]}]


def _bucket_lines(results: Sequence[Result]) -> list[dict[str, Any]]:
    counts = Counter((result.label.entity, result.bucket) for result in results)
    asked = [entity for entity in ENTITIES if any(counts[entity, name] for name in BUCKETS)]
    return [{"name": entity, "counts": {name: counts[entity, name] for name in BUCKETS}} for entity in asked]


def _axis_lines(results: Sequence[Result]) -> list[dict[str, Any]]:
    counts = Counter((line["asked"], line["answered"]) for line in metrics.axis_confusion(results))
    columns = (*metrics.AXES, "other", "silent")
    lines = [{"name": axis, "counts": [counts[axis, column] for column in columns]} for axis in metrics.AXES]
    return [line for line in lines if any(line["counts"])]


def _unit_swaps(results: Sequence[Result]) -> list[dict[str, Any]]:
    counts = Counter((line["truth"], line["predicted"]) for line in metrics.unit_confusion(results))
    swaps = [(*units, count) for units, count in counts.items() if units[0] != units[1]]
    swaps.sort(key=lambda swap: (-swap[2], swap[0], swap[1]))
    return [{"label": label, "answer": answer, "rows": count} for label, answer, count in swaps[:_UNIT_SWAPS]]


def _plots(risk: Points, reliability: Points) -> list[dict[str, str]]:
    drawn = (
        ("Share of answers wrong against share of rows answered, the surest first", risk_plot, risk),
        ("Share of answers right against their confidence", reliability_plot, reliability),
    )
    return [
        {"alt": alt, "light": _base64(plot(points, LIGHT)), "dark": _base64(plot(points, DARK))}
        for alt, plot, points in drawn
    ]


def _base64(payload: bytes) -> str:
    return base64.b64encode(payload).decode("ascii")
