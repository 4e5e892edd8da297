"""``python -m benchmarks.speed.table``: ``metrics/benchmarks/speed.json`` as the Markdown table in docs/speed.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.speed.__main__ import OUTPUT
from imagequant.core.files import read_json

_ROWS = {
    "ocr_vs_rapidocr_loop": ("`ocr`, RapidOCR only, fast setting; baseline: a plain RapidOCR loop", "times"),
    "ocr_default_vs_rapidocr_loop": ("the same with the defaults: float32, photos at full size", "times"),
    "tesseract_vs_seed": ("`ocr`, Tesseract only, fast setting; baseline: grey, Otsu, `image_to_string`", "times"),
    "cnn_vs_seed": ("`cnn` with start-up; baseline: eager torch, one image at a time", "times"),
    "cnn_vs_seed_gpu": ("the same on a GPU", "times"),
    "gpu_busy_cnn": ("`cnn` on a GPU: share of time the GPU computes, first to last shard", ""),
    "gpu_busy_preprocess": ("`preprocess` on a GPU: the same, without its JPEG decoder", ""),
    "export_vs_eager": ("exported network, one question at a time; baseline: eager torch", "times"),
    "predict_seconds": ("`imagequant predict`, one photo, all entities, with process start", "s"),
    "help_seconds": ("`imagequant --help`", "s"),
    "download_vs_img2dataset": ("`download`, whole process; baseline: img2dataset", "times"),
    "download_429_arrived": ("share of images fetched from a server that refuses more than 200 requests/s", ""),
    "append_one_percent": ("`dvc repro candidates` after 1% more rows, share of the first run's time", ""),
    "repro_seconds": ("`dvc repro` on the generated data, from nothing", "s"),
    "noop_repro_seconds": ("`dvc repro` with nothing to do", "s"),
    "report_open_seconds": ("opening the report with 10 000 rows in Chromium", "s"),
    "report_filter_seconds": ("filtering its rows", "s"),
    "memory_growth": ("peak memory with ten times the photos, worst stage", "times"),
}


def markdown(figures: Mapping[str, Any]) -> str:
    """Returns one row per measured figure: median, range and further facts."""
    lines = ["| measured | median | range | |", "|---|---|---|---|"]
    for name, (title, unit) in _ROWS.items():
        if name in figures:
            figure = figures[name]
            low, high = (_written(value, unit) for value in figure["spread"])
            lines.append(f"| {title} | {_written(figure['value'], unit)} | {low} to {high} | {_beside(figure)} |")
    return "\n".join(lines)


def _written(value: float, unit: str) -> str:
    return f"{value:.3g}{' ' + unit if unit else ''}"


def _beside(figure: Mapping[str, Any]) -> str:
    """Returns what qualifies a speed, such as the recall of both sides or the similarity of their features."""
    parts = [
        f"{figure[key]} {key}" for key in ("photos", "questions", "images", "files", "connections") if key in figure
    ]
    for key, other in (("oracle_recall", "oracle_recall_loop"), ("oracle_recall", "oracle_recall_seed")):
        if other in figure:
            ours, theirs = figure[key], figure[other]
            parts.append(
                f"oracle recall {ours['oracle_recall']:.3f} against {theirs['oracle_recall']:.3f} ({ours['rows']} rows)"
            )
    if "photos_a_second" in figure:
        parts.append(f"{figure['photos_a_second']:,.0f} photos per second on an {figure['gpu']}")
        parts.append(f"{figure['photos_a_second_at_work']:,.0f} without start-up")
    if "stages" in figure:
        longest = sorted(figure["stages"].items(), key=lambda stage: -stage[1])
        parts.append(", ".join(f"{name} {taken:.0f}" for name, taken in longest))
    if "sizes" in figure:
        few, many = figure["sizes"]
        largest = figure["largest_megabytes"]
        parts.append(f"{few} and {many} photos; most: `{figure['worst']}`; the largest process {largest:,.0f} MB")
    if "arrived" in figure:
        lost = figure["arrived_img2dataset"]
        parts.append("with img2dataset " + ", ".join(f"{came} with {tries} retries" for tries, came in lost.items()))
    if "least_cosine" in figure:
        parts.append(f"least cosine {figure['least_cosine']:.5f}")
    return ", ".join(parts)


if __name__ == "__main__":
    print(markdown(read_json(OUTPUT)))
