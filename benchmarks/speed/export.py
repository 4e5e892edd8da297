"""The exported network against eager torch, one question at a time."""

from __future__ import annotations

from itertools import islice

import torch

from benchmarks.speed.harness import ROOT, Figure, Setting, Side, Skipped, alternate, ratio, seconds
from imagequant.model.batching import collate
from imagequant.model.bundle import RANKER_ONNX
from imagequant.model.network import to_tensors
from imagequant.model.ranker import load_ranker, run_ranker
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.store import load_model

QUESTIONS = 200


def measure(setting: Setting) -> dict[str, Figure]:
    """Times as many candidates a second at batch 1."""
    layout = Layout(ROOT)
    if not (layout.models("export") / RANKER_ONNX).exists():
        raise Skipped("there is no exported model; run dvc repro first")
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
    taken = alternate({"eager": lambda _: seconds(eager), "exported": lambda _: seconds(exported)}, setting.runs)
    candidates = sum(len(question.candidates) for question in questions)
    return {
        "export_vs_eager": {
            **ratio(taken["eager"], taken["exported"]),
            "candidates_a_second": candidates / min(taken["exported"]),
            "data": f"{len(batches)} questions of the project's data",
            "ours": Side("exported, OpenVINO", "1 thread", "left out", "native float32").settings(),
            "theirs": Side(f"torch {torch.__version__}, eager", "1 thread", "left out", "native float32").settings(),
        }
    }
