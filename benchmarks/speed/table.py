"""``metrics/bench/speed.json`` as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.speed.rows import ROWS, Row

# Those that the README quotes.
QUOTED = (
    "ocr_portable_vs_faster_paddle",
    "ocr_bfloat16_vs_faster_paddle",
    "default_vs_rapidocr_alone_seconds",
    "download_steady_vs_img2dataset",
    "append_one_percent",
    "predict_seconds",
    "noop_repro_seconds",
    "repro_seconds",
)
NOT_YET = "Not measured yet: `make bench` fills this in."
_SETTINGS = ("name", "precision", "size", "threads")
Figures = Mapping[str, Mapping[str, Any]]


def origin(run: Mapping[str, Any], figures: Figures) -> str:
    """Where and when all figures were measured, and how many of the rows were not."""
    left = len(ROWS) - len(figures)
    missing = f" {left} of the {len(ROWS)} rows were left out of it and are not measured yet." if left else ""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(run["versions"].items()))
    return (
        f"Measured in one run of {run['seconds'] / 60:.0f} minutes that ended on {run['ended'][:10]}, "
        f"at commit {run['commit']}, on {run['machine']}. Photos: {run['data']}; {run['photos_chosen_on']} others to "
        f"choose settings on. Versions: {versions}.{missing}"
    )


def full(figures: Figures, data: str) -> str:
    """All rows, with both sides' settings; ``data`` is what most rows were measured on, which is said once."""
    lines = ["| measured; baseline | median | range | better | settings |", "|---|---|---|---|---|"]
    lines += [_full_row(row, figures[row.key], data) for row in ROWS if row.key in figures]
    return "\n".join(lines)


def short(figures: Figures, keys: Sequence[str] = QUOTED) -> str:
    """Some rows, without settings."""
    titles = {row.key: row for row in ROWS}
    lines = ["| measured; baseline | median | range | better |", "|---|---|---|---|"]
    lines += [_cells(titles[key], figures[key]) for key in keys if key in figures]
    return "\n".join(lines)


def points(figures: Figures) -> str:
    """Everyone who reads photos: seconds of one, and oracle recall."""
    lines = [
        "| reader | precision | size | s per photo | range | without start-up | oracle recall | with other readings |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for point in readers(figures):
        whole, steady = point["seconds_a_photo"], point["seconds_a_photo_without_start_up"]
        recall, more = point["oracle_recall"], point.get("oracle_recall_with_alternatives")
        share = f"{recall['oracle_recall']:.3f} ({recall['found']} of {recall['rows']})"
        with_more = f"{more['oracle_recall']:.3f}" if more else ""
        lines.append(
            f"| {point['name']} | {point['precision']} | {point['size']} | {whole['value']:.3g} | {_range(whole)} | "
            f"{steady['value']:.3g} | {share} | {with_more} |"
        )
    return "\n".join(lines)


def readers(figures: Figures) -> list[Mapping[str, Any]]:
    """The sides of the rows of ``ocr``, each once, the slowest first."""
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for row in ROWS:
        figure = figures.get(row.key, {})
        if row.measurement == "ocr" and figure.get("value") is not None:
            for side in (figure["theirs"], figure["ours"]):
                found[tuple(str(side[name]) for name in _SETTINGS)] = side
    return sorted(found.values(), key=lambda point: -float(point["seconds_a_photo"]["value"]))


def _full_row(row: Row, figure: Mapping[str, Any], data: str) -> str:
    parts = [f"*{name}*: {_side(figure[name])}" for name in ("ours", "theirs") if name in figure]
    if "without_start_up" in figure:
        parts.append(f"{_written(figure['without_start_up']['value'], row.unit)} without start-up")
    if "whole_run" in figure:
        parts.append(f"{_written(figure['whole_run']['value'], row.unit)} over the whole run, start-up included")
    if "stages" in figure:
        longest = sorted(figure["stages"].items(), key=lambda stage: -stage[1])
        parts.append(f"set-up {figure['set_up']:.0f}, " + ", ".join(f"{name} {taken:.0f}" for name, taken in longest))
    if "worst" in figure:
        parts.append(f"most: `{figure['worst']}`; the largest process {figure['largest_megabytes']:,.0f} MB")
    if figure["data"] != data:
        parts.append(figure["data"])
    parts.append(f"{figure['runs']} runs" if figure.get("runs", 0) > 1 else "1 run")
    return f"{_cells(row, figure)} {'; '.join(parts) if figure['value'] is not None else ''} |"


def _side(side: Mapping[str, Any]) -> str:
    parts = [str(side[name]).removeprefix("ours, ") for name in _SETTINGS if name in side]
    parts.append(f"start-up {side['start_up']}")
    if "seconds" in side and isinstance(side["seconds"], Mapping):
        parts.append(f"{side['seconds']['value']:.3g} s")
    if "oracle_recall" in side:
        parts.append(f"oracle recall {side['oracle_recall']['oracle_recall']:.3f}")
    if "arrived_by_retries" in side:
        arrived = side["arrived_by_retries"].items()
        parts.append(", ".join(f"{came} arrived with {tries} retries" for tries, came in arrived))
    return ", ".join(parts)


def _cells(row: Row, figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return f"| {row.title} | skipped | {figure['skipped']} | {row.better} |"
    return f"| {row.title} | {_written(figure['value'], row.unit)} | {_range(figure)} | {row.better} |"


def _range(figure: Mapping[str, Any]) -> str:
    low, high = figure["spread"]
    return f"{low:.3g} to {high:.3g}"


def _written(value: float, unit: str) -> str:
    return f"{value:.3g}" if unit == "share" else f"{value:.3g} {unit}"
