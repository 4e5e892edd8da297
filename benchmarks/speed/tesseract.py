"""Tesseract alone against the way of the document that the project started from, on the same photos."""

from __future__ import annotations

from dataclasses import asdict

from benchmarks.speed.choosing import smallest_size
from benchmarks.speed.harness import Figure, Setting
from benchmarks.speed.ocr import point, quotient
from benchmarks.speed.readers import Reader, alternating, image_to_string, ours
from benchmarks.speed.recall import oracle_recall

# Photos are brought to one size. The largest is about what is shipped.
SIZES = (900, 1200, 1600)


def measure(setting: Setting) -> dict[str, Figure]:
    """Times as many photos a second, with both sides' oracle recall."""
    photos, answers = setting.photos.choosing, setting.photos.answers

    def recall(reader: Reader) -> float:
        return float(oracle_recall(reader.read(photos, setting.scratch).words, answers)["oracle_recall"])

    choice = smallest_size(SIZES, lambda side: recall(_ours(side)), recall(image_to_string()), len(photos))
    logs = alternating({"seed": image_to_string(), "ours": _ours(choice.size)}, setting)
    points = {name: point(log, setting) for name, log in logs.items()}
    return {
        "tesseract_vs_seed": {
            **quotient(logs["seed"], logs["ours"]),
            "ours": {**points["ours"], "size_chosen": asdict(choice)},
            "theirs": points["seed"],
        }
    }


def _ours(side: int) -> Reader:
    sizes = [f"ocr.tesseract.{name}={side}" for name in ("upscale_to", "downscale_to")]
    return ours(
        "ours, Tesseract alone", ["ocr.engines=[tesseract]", *sizes], "as Tesseract has it", f"long side {side}"
    )
