"""The README's table of speeds: ``python -m benchmarks.speed.table``, Markdown from ``metrics/bench/speed.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.speed.__main__ import OUTPUT
from imagequant.core.files import read_json

_ROWS = {
    "ocr_vs_rapidocr_loop": ("`ocr` with RapidOCR alone, fast setting, against the plain RapidOCR loop", "times"),
    "ocr_default_vs_rapidocr_loop": ("the same as `params.yaml` has it: float32, photos in full size", "times"),
    "tesseract_vs_seed": ("`ocr` with Tesseract alone, fast setting, against grey, Otsu, `image_to_string`", "times"),
    "cnn_vs_seed": ("`cnn`, start-up included, against eager torch, one image at a time", "times"),
    "cnn_vs_seed_gpu": ("the same on a GPU", "times"),
    "gpu_busy_cnn": (
        "`cnn` on a GPU: share of time that the GPU computes, from the first shard written to the last",
        "",
    ),
    "gpu_busy_preprocess": ("`preprocess` on a GPU: the same, without what its JPEG decoder does", ""),
    "export_vs_eager": ("exported network against eager torch, one question at a time", "times"),
    "predict_seconds": ("`imagequant predict` on one photo, every entity, process start included", "s"),
    "help_seconds": ("`imagequant --help`", "s"),
    "download_vs_img2dataset": ("`download` against img2dataset, whole processes", "times"),
    "download_429_arrived": ("share of images that arrive where a server refuses more than 200 requests a second", ""),
    "append_one_percent": ("`dvc repro candidates` after 1% more rows, share of the first run's time", ""),
    "repro_seconds": ("`dvc repro` on the built-in catalogue, from nothing", "s"),
    "noop_repro_seconds": ("`dvc repro` with nothing to do", "s"),
    "report_open_seconds": ("opening the report of ten thousand rows in Chromium, until rows are shown", "s"),
    "report_filter_seconds": ("filtering it, until the rows found are shown", "s"),
    "memory_growth": ("peak memory with ten times the photos, of the stage that grows most", "times"),
}


def markdown(figures: Mapping[str, Any]) -> str:
    """One row a figure that was measured: its median, the least and the most, and what else it says."""
    lines = ["| | median | least to most | |", "|---|---|---|---|"]
    for name, (title, unit) in _ROWS.items():
        if name in figures:
            figure = figures[name]
            low, high = (_written(value, unit) for value in figure["spread"])
            lines.append(f"| {title} | {_written(figure['value'], unit)} | {low} to {high} | {_beside(figure)} |")
    return "\n".join(lines)


def _written(value: float, unit: str) -> str:
    return f"{value:.3g}{' ' + unit if unit else ''}"


def _beside(figure: Mapping[str, Any]) -> str:
    """What a speed is worth: the answers read on both sides, or how alike the features are."""
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
        parts.append(f"{figure['photos_a_second']:,.0f} photos a second, on an {figure['gpu']}")
        parts.append(f"without start-up {figure['photos_a_second_at_work']:,.0f}")
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
