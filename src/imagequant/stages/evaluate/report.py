"""The report: one HTML file that opens without a network."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from matplotlib.figure import Figure

from imagequant.stages.evaluate.gallery import Drawn, caption


def render_report(
    summary: Mapping[str, Any],
    risk: Sequence[Mapping[str, float]],
    reliability: Sequence[Mapping[str, float]],
    drawn: Sequence[Drawn],
) -> str:
    """The page as text; everything it shows is inside it."""
    # Autoescape: captions hold text that strangers printed on products.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = resources.files(__package__ or "").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        summary=summary,
        rows=[*summary["by_entity"].items(), ("all", summary)],
        plots=[
            {"title": "Risk against coverage", "png": _base64(risk_plot(risk))},
            {"title": "Reliability", "png": _base64(reliability_plot(reliability))},
        ],
        errors=[{"alt": "; ".join(caption(error.result)), "jpeg": _base64(error.jpeg)} for error in drawn],
    )


def risk_plot(points: Sequence[Mapping[str, float]]) -> bytes:
    """Risk against coverage, as PNG."""
    figure = Figure(figsize=(5, 3.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([point["coverage"] for point in points], [point["risk"] for point in points], color="#0072b2")
    axes.set(
        xlabel="share of rows answered", ylabel="share of answers wrong", title="Risk against coverage", xlim=(0, 1)
    )
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    return _png(figure)


def reliability_plot(points: Sequence[Mapping[str, float]]) -> bytes:
    """Share of right answers against mean confidence, as PNG; a circle's area is its number of rows."""
    figure = Figure(figsize=(5, 3.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1)
    axes.scatter(
        [point["confidence"] for point in points],
        [point["right"] for point in points],
        s=[max(10.0, 3 * point["rows"]) for point in points],
        color="#0072b2",
        alpha=0.7,
    )
    axes.set(xlabel="confidence", ylabel="share right", title="Reliability", xlim=(0, 1), ylim=(0, 1))
    axes.grid(alpha=0.3)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Without the software's name the bytes depend on the figures alone.
    figure.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()


def _base64(payload: bytes) -> str:
    return base64.b64encode(payload).decode("ascii")
