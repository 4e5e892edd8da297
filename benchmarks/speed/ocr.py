"""The ``ocr`` stage against the plain loop with RapidOCR, on the same photos; words and what they are worth."""

from __future__ import annotations

import shutil
from typing import Any

from benchmarks.speed.harness import Setting, alternate, in_new_process, ratio
from benchmarks.speed.recall import oracle_recall
from benchmarks.speed.stage import pack

# RapidOCR reads photo by photo, and needs no more of them at once.
_SHARD_SIZE = 8
# RapidOCR alone, as the loop has it: with the project's parameters, and as fast as it reads no less than the loop.
_ALONE = "ocr.engines=[rapidocr]"
SETTINGS = {
    "params.yaml": (_ALONE,),
    "fast": (
        _ALONE,
        "versions.arithmetic=native",
        "ocr.rapidocr.precision=bf16",
        "ocr.rapidocr.detection_side=896",
    ),
}


def measure(setting: Setting) -> dict[str, Any]:
    """Times as many photos a second, in both settings, with both sides' oracle recall."""
    roots = {name: setting.scratch / f"ocr-{name}" for name in SETTINGS}
    loop = setting.scratch / "ocr-loop"
    for root in roots.values():
        pack(setting.photos, root, _SHARD_SIZE)

    def stage(name: str) -> float:
        # Nothing is known from before.
        shutil.rmtree(roots[name] / ".cache", ignore_errors=True)
        return float(in_new_process("benchmarks.speed.stage", "ocr", str(roots[name]), *SETTINGS[name]))

    sides = {
        "rapidocr loop": lambda: float(
            in_new_process("benchmarks.speed.rapidocr_loop", str(loop), *(str(photo) for photo in setting.photos))
        ),
        **{f"ocr stage, {name}": lambda name=name: stage(name) for name in SETTINGS},
    }
    taken = alternate(sides, setting.runs)
    theirs = taken["rapidocr loop"]
    recalls = {
        name: oracle_recall(root / "data" / "ocr" / "train", setting.photos, setting.labels)
        for name, root in roots.items()
    }
    beside = {
        "photos": len(setting.photos),
        "seconds_a_photo_loop": min(theirs) / len(setting.photos),
        "oracle_recall_loop": oracle_recall(loop, setting.photos, setting.labels),
    }
    figures = {
        name: {
            **ratio(theirs, taken[f"ocr stage, {name}"]),
            "seconds_a_photo": min(taken[f"ocr stage, {name}"]) / len(setting.photos),
            "oracle_recall": recalls[name],
            **beside,
        }
        for name in SETTINGS
    }
    return {"ocr_vs_rapidocr_loop": figures["fast"], "ocr_default_vs_rapidocr_loop": figures["params.yaml"]}
