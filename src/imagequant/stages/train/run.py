"""Trains on ``data/candidates``, ``data/cnn`` and ``data/labels``; writes the model and DVCLive logs."""

import sys
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

import torch
from dvclive.live import Live

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder
from imagequant.core.locations import local_folder
from imagequant.model.config import ModelConfig
from imagequant.model.examples import Limits
from imagequant.params import Params
from imagequant.storage.layout import Layout
from imagequant.training.boost import trees_config
from imagequant.training.hybrid import train_hybrid
from imagequant.training.questions import Questions
from imagequant.training.store import save_model
from imagequant.training.stored import StoredExamples, stored_examples

LIVE_FOLDER = "live"


def run(params: Params, layout: Layout) -> None:
    """Train, calibrate and save the networks and trees."""
    # With more threads, the order of sums and thus the model would depend on the machine.
    torch.set_num_threads(1)
    limits = Limits(params.train.max_words, params.train.max_candidates)
    questions = Questions.from_layout(layout, limits, params.domain)
    rows = dict.fromkeys(("train", "development", "validation"), 0) | Counter(q.split for q in questions.usable())
    for name in ("train", "development"):
        if not rows[name]:
            counts = ", ".join(f"{part} {count}" for part, count in rows.items())
            raise InputError(f"data/labels: no usable {name} rows ({counts}); see labels.folds and labels.development")

    folder = fresh_folder(layout.models("train"))
    with (
        _part_examples(questions, "train", layout.work_cache) as train,
        _part_examples(questions, "development", layout.work_cache) as development,
        local_folder(folder / LIVE_FOLDER) as logs,
        Live(str(logs), dvcyaml=None, save_dvc_exp=False, report=None) as live,
    ):
        live.log_param("rows", rows)

        def log(member: int, values: dict[str, float]) -> None:
            # Only one member, to keep the plots readable.
            for name, value in values.items() if member == 0 else ():
                live.log_metric(name, value, timestamp=False)

        def on_step(member: int, values: dict[str, float]) -> None:
            log(member, values)
            if member == 0:
                live.next_step()

        def on_epoch(member: int, values: dict[str, float]) -> None:
            log(member, values)
            text = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
            print(f"train {member + 1}/{params.train.members}: {text}", file=sys.stderr)

        model = train_hybrid(train, development, params.train, on_step, on_epoch)
        live.log_metric("best_epoch", model.epochs[0], timestamp=False, plot=False)
    trees, cnn = trees_config(params.train, model.config.vocabulary), questions.features.metadata
    config = ModelConfig(params.domain, model.config, params.train.members, trees, limits, model.calibration, cnn)
    save_model(folder, model.network, config)


def _part_examples(questions: Questions, part: str, folder: Path) -> AbstractContextManager[StoredExamples]:
    """Store the examples of one part of the split on disk."""
    selected = questions.select(lambda label: label.split == part)
    examples = ((question.label.sha256, question.example) for question in selected)
    return stored_examples(folder, examples, questions.features, questions.features.blank, questions.domain)
