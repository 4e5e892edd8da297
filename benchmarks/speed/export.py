"""The exported network against eager torch, one question at a time."""

from __future__ import annotations

from itertools import islice
from typing import Any

import torch

from benchmarks.speed.harness import ROOT, Setting, alternate, ratio, seconds
from imagequant.model.batching import collate
from imagequant.model.bundle import RANKER_ONNX
from imagequant.model.network import to_tensors
from imagequant.model.ranker import load_ranker, run_ranker
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.store import load_model

QUESTIONS = 200


def measure(setting: Setting) -> dict[str, Any]:
    """Times as many candidates a second at batch 1; needs what `dvc repro` leaves."""
    layout = Layout(ROOT)
    network, config = load_model(layout.models("train"))
    questions = list(islice(Questions.from_layout(layout, config.limits, config.domain).select(), QUESTIONS))
    batches = [collate([question.example]) for question in questions]
    ranker = load_ranker(layout.models("export") / RANKER_ONNX)
    torch.set_num_threads(1)

    @torch.inference_mode()
    def eager() -> None:
        for batch in batches:
            network(*to_tensors(batch))

    def exported() -> None:
        for batch in batches:
            run_ranker(ranker, batch)

    eager()
    exported()
    taken = alternate({"eager": lambda: seconds(eager), "onnx": lambda: seconds(exported)}, setting.runs)
    candidates = sum(len(question.candidates) for question in questions)
    return {
        "export_vs_eager": {
            **ratio(taken["eager"], taken["onnx"]),
            "candidates_a_second": candidates / min(taken["onnx"]),
            "questions": len(batches),
        }
    }
