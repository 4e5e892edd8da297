"""``data/candidates``, ``data/cnn``, ``data/labels`` -> ``models/train/`` (the model, DVCLive's logs)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
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
from imagequant.training.calibrate import calibrate
from imagequant.training.fit import best_answers, fit_ensemble, network_config
from imagequant.training.questions import Questions
from imagequant.training.store import save_model
from imagequant.training.stored import StoredExamples, stored_examples

LIVE_FOLDER = "live"


def run(params: Params, layout: Layout) -> None:
    """Trains, calibrates and saves the networks and the trees.

    Raises:
        InputError: If a part of the split has no usable rows.
    """
    # Fixed, or sums would be added in another order and two machines would train two models.
    torch.set_num_threads(1)
    limits = Limits(params.train.max_words, params.train.max_candidates)
    questions = Questions.of(layout, limits)
    rows = dict.fromkeys(("train", "development", "validation"), 0) | Counter(q.split for q in questions.usable())
    _require(rows, "train", "development")

    folder = fresh_folder(layout.models("train"))
    config = network_config(params.train, questions.features.channels)
    with (
        stored(questions, "train", layout.work_cache) as train,
        stored(questions, "development", layout.work_cache) as development,
        local_folder(folder / LIVE_FOLDER) as logs,
        Live(str(logs), dvcyaml=None, save_dvc_exp=False, report=None) as live,
    ):
        live.log_param("rows", rows)

        def log(member: int, values: dict[str, float]) -> None:
            # Curves of one member: several on top of each other would say nothing.
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

        network, epochs = fit_ensemble(train, development, config, params.train, on_step, on_epoch)
        live.log_metric("best_epoch", epochs[0], timestamp=False, plot=False)
        calibration = calibrate(best_answers(network, development))
    trees = trees_config(params.train)
    cnn = questions.features.metadata
    save_model(folder, network, ModelConfig(config, params.train.members, trees, limits, calibration, cnn))


def stored(questions: Questions, part: str, folder: Path) -> AbstractContextManager[StoredExamples]:
    """The examples of one part of the split, on disk."""
    asked = questions.ask(lambda label: label.split == part)
    named = ((question.label.sha256, question.example) for question in asked)
    return stored_examples(folder, named, questions.features, questions.features.channels)


def _require(rows: Mapping[str, int], *names: str) -> None:
    for name in names:
        if not rows[name]:
            counts = ", ".join(f"{part} {count}" for part, count in rows.items())
            raise InputError(f"data/labels: no usable {name} rows ({counts}); see labels.folds and labels.development")
