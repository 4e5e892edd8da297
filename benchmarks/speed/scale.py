"""How much so many photos take, from the measured cost of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.speed.harness import ROOT
from benchmarks.speed.stages import STAGES
from imagequant.params import load_params

# Assumed, not measured; list prices of large clouds in 2026, rounded.
CORES = 1000
DOLLARS_A_CORE_HOUR = 0.04
DOLLARS_A_TERABYTE_MONTH = 23.0
REQUESTS_A_SECOND = 2000.0  # that the hosts of the photos bear, all together


@dataclass(frozen=True)
class Line:
    """One row of the table. ``days`` are those of ``CORES`` cores, or of the permitted requests."""

    stage: str
    core_hours: float
    days: float
    dollars: float
    terabytes: float


def lines(figures: Mapping[str, Any], photos: float) -> list[Line]:
    """The stages that work photo by photo; ``download`` waits for hosts rather than for cores."""
    table = []
    for stage in STAGES:
        figure = figures[f"core_seconds_{stage}"]
        hours = photos * figure["value"] / 3600
        days = photos / REQUESTS_A_SECOND / 86400 if stage == "download" else hours / CORES / 24
        table.append(Line(stage, hours, days, hours * DOLLARS_A_CORE_HOUR, photos * figure["bytes_a_photo"] / 1e12))
    return table


def is_measured(figures: Mapping[str, Any]) -> bool:
    """Whether all that the table needs was measured."""
    return all(figures.get(f"core_seconds_{stage}", {}).get("value") is not None for stage in STAGES)


def markdown(figures: Mapping[str, Any], photos: float) -> str:
    """The table, and the sentence under it."""
    shard_size = load_params(ROOT / "params.yaml").download.shard_size
    rows = lines(figures, photos)
    text = [
        f"| stage | core hours | days on {CORES} cores | dollars | TB kept |",
        "|---|---|---|---|---|",
        *(
            f"| {row.stage} | {row.core_hours:,.0f} | {row.days:,.1f} | {row.dollars:,.0f} | {row.terabytes:,.2f} |"
            for row in rows
        ),
    ]
    binding = max(rows, key=lambda row: row.days)
    storage = sum(row.terabytes for row in rows)
    text.append("")
    text.append(
        f"{photos:,.0f} photos: {sum(row.core_hours for row in rows):,.0f} core hours, "
        f"{sum(row.dollars for row in rows):,.0f} dollars at {DOLLARS_A_CORE_HOUR} per core hour, {storage:,.0f} TB at "
        f"{DOLLARS_A_TERABYTE_MONTH:g} dollars per TB and month ({storage * DOLLARS_A_TERABYTE_MONTH:,.0f} per month), "
        f"{photos / shard_size:,.0f} shards per stage. `{binding.stage}` is the bottleneck."
    )
    return "\n".join(text)
