"""The rows of the table: which measurement gives each, what it says, and which direction is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Row:
    """One figure of ``metrics/bench/speed.json``.

    Attributes:
        key: Its name there.
        measurement: The module whose ``measure`` gives it.
        title: What it says, for people.
        unit: Of its value: ``times``, ``s``, or ``share``.
        better: Which direction is better.
    """

    key: str
    measurement: str
    title: str
    unit: str
    better: Better


def _times(key: str, measurement: str, title: str) -> Row:
    return Row(key, measurement, title, "times", "higher")


def _seconds(key: str, measurement: str, title: str) -> Row:
    return Row(key, measurement, title, "s", "lower")


ROWS = (
    _times("ocr_portable_vs_faster_paddle", "ocr", "`ocr`, RapidOCR, portable float32; faster-paddle small"),
    _times("ocr_float32_vs_faster_paddle", "ocr", "`ocr`, RapidOCR, native float32; faster-paddle small"),
    _times("ocr_bfloat16_vs_faster_paddle", "ocr", "`ocr`, RapidOCR, native bfloat16; faster-paddle small"),
    _times("ocr_portable_vs_faster_paddle_tiny", "ocr", "`ocr`, RapidOCR, portable float32; faster-paddle tiny"),
    _times("ocr_float32_vs_faster_paddle_tiny", "ocr", "`ocr`, RapidOCR, native float32; faster-paddle tiny"),
    _times("ocr_bfloat16_vs_faster_paddle_tiny", "ocr", "`ocr`, RapidOCR, native bfloat16; faster-paddle tiny"),
    _times("ocr_vs_rapidocr_loop", "ocr", "`ocr`, RapidOCR, portable float32; a plain RapidOCR loop"),
    _times("ocr_bfloat16_vs_rapidocr_loop", "ocr", "`ocr`, RapidOCR, native bfloat16; a plain RapidOCR loop"),
    Row(
        "default_vs_rapidocr_alone_seconds",
        "ocr",
        "`ocr` as shipped (RapidOCR and Tesseract): its seconds; those of RapidOCR alone",
        "times",
        "lower",
    ),
    _times("tesseract_vs_seed", "tesseract", "`ocr`, Tesseract only; grey, Otsu, `image_to_string`"),
    _times("cnn_vs_seed", "cnn", "`cnn`; eager torch, one image at a time"),
    _times("cnn_vs_seed_gpu", "gpu", "`cnn` on a GPU; eager torch there, one image at a time"),
    Row("gpu_busy_cnn", "gpu", "`cnn` on a GPU: share of time it computes, first to last shard", "share", "higher"),
    Row("gpu_busy_preprocess", "gpu", "`preprocess` on a GPU: the same, without its decoder", "share", "higher"),
    _times("export_vs_eager", "export", "exported network, one question at a time; eager torch"),
    _seconds("predict_seconds", "predict", "`imagequant predict`, one photo, all entities, with process start"),
    _seconds("predict_seconds_one_entity", "predict", "the same, one entity"),
    _seconds("help_seconds", "predict", "`imagequant --help`"),
    _times("download_vs_img2dataset", "download", "`download`, whole processes; img2dataset"),
    _times("download_steady_vs_img2dataset", "download", "`download` without start-up; img2dataset"),
    Row(
        "download_429_arrived",
        "download",
        "`download`: share fetched from a server that refuses what is too fast",
        "share",
        "higher",
    ),
    _seconds("core_seconds_download", "stages", "`download`: core seconds of one photo"),
    _seconds("core_seconds_preprocess", "stages", "`preprocess`: core seconds of one photo"),
    _seconds("core_seconds_cnn", "stages", "`cnn`: core seconds of one photo"),
    _seconds("core_seconds_ocr", "stages", "`ocr`: core seconds of one photo"),
    _seconds("core_seconds_candidates", "stages", "`candidates`: core seconds of one photo"),
    Row("append_one_percent", "append", "`dvc repro candidates` after 1% more rows; the first run", "share", "lower"),
    _seconds("noop_repro_seconds", "noop", "`dvc repro` with nothing to do"),
    Row("memory_growth", "memory", "peak memory with ten times the photos, worst stage", "times", "lower"),
    _seconds("report_open_seconds", "report", "opening the report in Chromium"),
    _seconds("report_filter_seconds", "report", "filtering its rows"),
    _seconds("repro_seconds", "repro", "`make repro` in a fresh clone, set-up included"),
)
MEASUREMENTS = tuple(dict.fromkeys(row.measurement for row in ROWS))


def rows_of(measurement: str) -> tuple[Row, ...]:
    """The rows that a measurement gives."""
    return tuple(row for row in ROWS if row.measurement == measurement)
