"""The ``ocr`` stage against others that run the same networks, on the same photos; speed, and what the words are worth.

Ours is measured as shipped (RapidOCR and Tesseract, portable float32), with RapidOCR alone, with this processor's own
arithmetic, and in bfloat16 where the processor has it. Only the last has a size of its own for detection: the smallest
one that reads no less than the baseline on the photos for choosing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from benchmarks.speed.choosing import Choice, smallest_size
from benchmarks.speed.harness import ROOT, Figure, Setting, Skipped, ratio
from benchmarks.speed.readers import Log, Reader, alternating, faster_paddle, ours, rapidocr_loop
from benchmarks.speed.recall import oracle_recall
from benchmarks.speed.recording import processor_features
from imagequant.params import load_params

SIZES = (768, 896, 1024, 1280)
_BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
_ALONE = "ocr.engines=[rapidocr]"
_NATIVE = "versions.arithmetic=native"
# By row: whose time is divided by whose.
PAIRS = {
    "ocr_portable_vs_faster_paddle": ("small", "portable"),
    "ocr_float32_vs_faster_paddle": ("small", "float32"),
    "ocr_bfloat16_vs_faster_paddle": ("small", "bfloat16"),
    "ocr_portable_vs_faster_paddle_tiny": ("tiny", "portable"),
    "ocr_float32_vs_faster_paddle_tiny": ("tiny", "float32"),
    "ocr_bfloat16_vs_faster_paddle_tiny": ("tiny", "bfloat16"),
    "ocr_vs_rapidocr_loop": ("loop", "portable"),
    "ocr_bfloat16_vs_rapidocr_loop": ("loop", "bfloat16"),
}


def measure(setting: Setting) -> dict[str, Figure | Skipped]:
    """Times as many photos a second as each of the others, with both sides' oracle recall."""
    others, missing = _others()
    readers = {**others, **_as_shipped()}
    choice = None
    if _BFLOAT16 & processor_features():
        choice = _choose(others, setting)
        readers["bfloat16"] = _bfloat16(choice.size)
    else:
        missing["bfloat16"] = Skipped("this processor has no bfloat16 arithmetic")
    logs = alternating(readers, setting)
    points = {name: point(log, setting) for name, log in logs.items()}
    if choice:
        points["bfloat16"]["size_chosen"] = asdict(choice)

    def figure(theirs: str, own: str) -> Figure | Skipped:
        absent = missing.get(theirs) or missing.get(own)
        return absent or {
            **quotient(logs[theirs], logs[own]),
            "ours": points[own],
            "theirs": points[theirs],
        }

    return {
        **{key: figure(*pair) for key, pair in PAIRS.items()},
        # The other way round: how much longer, not how much faster.
        "default_vs_rapidocr_alone_seconds": {
            **quotient(logs["default"], logs["portable"]),
            "ours": points["default"],
            "theirs": points["portable"],
        },
    }


def _others() -> tuple[dict[str, Reader], dict[str, Skipped]]:
    """Those that can be installed here, and why others cannot."""
    makers: dict[str, Callable[[], Reader]] = {
        "loop": rapidocr_loop,
        "small": lambda: faster_paddle("small"),
        "tiny": lambda: faster_paddle("tiny"),
    }
    found: dict[str, Reader] = {}
    missing: dict[str, Skipped] = {}
    for name, make in makers.items():
        try:
            found[name] = make()
        except Skipped as reason:
            missing[name] = reason
    return found, missing


def _as_shipped() -> dict[str, Reader]:
    """Ours with the size that is shipped; only engines and arithmetic differ."""
    size = _size(load_params(ROOT / "params.yaml").ocr.rapidocr.detection_side)
    return {
        "portable": ours("ours, RapidOCR alone", [_ALONE], "portable float32", size),
        "float32": ours("ours, RapidOCR alone", [_ALONE, _NATIVE], "native float32", size),
        "default": ours("ours as shipped, RapidOCR and Tesseract", [], "portable float32", size),
    }


def _bfloat16(side: int) -> Reader:
    overrides = [_ALONE, _NATIVE, "ocr.rapidocr.precision=bf16", f"ocr.rapidocr.detection_side={side}"]
    return ours("ours, RapidOCR alone", overrides, "native bfloat16", _size(side))


def _size(side: int) -> str:
    return f"long side {side}"


def _choose(others: Mapping[str, Reader], setting: Setting) -> Choice:
    """The size for bfloat16; the baseline is faster-paddle small, or ours as shipped where that is missing."""
    photos = setting.photos.choosing

    def recall(reader: Reader) -> float:
        read = reader.read(photos, setting.scratch)
        return float(oracle_recall(read.words, setting.photos.answers)["oracle_recall"])

    bar = recall(others.get("small") or _as_shipped()["portable"])
    return smallest_size(SIZES, lambda side: recall(_bfloat16(side)), bar, len(photos))


def point(log: Log, setting: Setting) -> dict[str, Any]:
    """One reader: its settings, seconds of a photo, and oracle recall, for ours also with all that its words have."""
    answers = setting.photos.answers
    extras = {}
    if log.reader.side.name.startswith("ours"):
        extras = {"oracle_recall_with_alternatives": oracle_recall(log.words, answers, bare=False)}
    return {**log.settings(), "oracle_recall": oracle_recall(log.words, answers), **extras}


def quotient(above: Log, below: Log) -> dict[str, Any]:
    """Seconds by seconds, of whole processes and, unless there were too few photos to tell, without start-up."""
    whole = ratio(above.whole, below.whole)
    if min(*above.steady, *below.steady) <= 0:
        return whole
    return {**whole, "without_start_up": ratio(above.steady, below.steady)}
