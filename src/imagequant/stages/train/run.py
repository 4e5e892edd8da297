"""Trains on ``data/candidates``, ``data/cnn`` and ``data/labels``; writes the model and DVCLive logs."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from dvclive.live import Live

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder
from imagequant.core.locations import local_folder
from imagequant.model.config import ModelConfig
from imagequant.model.examples import Limits
from imagequant.params import ExecutorParams, Params
from imagequant.storage.layout import Layout
from imagequant.training.boost import trees_config
from imagequant.training.fit import TrainingLog
from imagequant.training.hybrid import train_hybrid
from imagequant.training.members import SERIAL
from imagequant.training.questions import Questions
from imagequant.training.store import save_model
from imagequant.training.stored import StoredExamples, stored_examples

LIVE_FOLDER = "live"
# A process takes seconds to start; fewer rows take less time than that.
_FEWEST_FOR_PROCESSES = 500


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
    ):
        open_log = _Logs(logs, params.train.members, rows)
        model = train_hybrid(train, development, params.train, open_log, _executor(params.executor, rows["train"]))
    trees, cnn = trees_config(params.train, model.config.vocabulary), questions.features.metadata
    config = ModelConfig(params.domain, model.config, params.train.members, trees, limits, model.calibration, cnn)
    save_model(folder, model.network, config)


def _executor(executor: ExecutorParams, rows: int) -> ExecutorParams:
    """Return where to fit the members: on this machine, which has the examples, and here if there are few of them."""
    if rows < _FEWEST_FOR_PROCESSES:
        return SERIAL
    return replace(executor, name="process") if executor.name == "ray" else executor


@dataclass(frozen=True)
class _Logs:
    """Prints the epochs of each network. DVCLive logs only the first one, to keep the plots readable."""

    folder: Path
    members: int
    rows: dict[str, int]

    @contextmanager
    def __call__(self, member: int) -> Iterator[TrainingLog]:
        def print_epoch(values: dict[str, float]) -> None:
            text = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
            print(f"train {member + 1}/{self.members}: {text}", file=sys.stderr)

        if member > 0:
            yield TrainingLog(on_epoch=print_epoch)
            return
        with Live(str(self.folder), dvcyaml=None, save_dvc_exp=False, report=None) as live:
            live.log_param("rows", self.rows)

            def log(values: dict[str, float], *, plot: bool = True) -> None:
                for name, value in values.items():
                    live.log_metric(name, value, timestamp=False, plot=plot)

            def on_step(values: dict[str, float]) -> None:
                log(values)
                live.next_step()

            def on_epoch(values: dict[str, float]) -> None:
                log(values)
                print_epoch(values)

            yield TrainingLog(on_step, on_epoch, partial(log, plot=False))


def _part_examples(questions: Questions, part: str, folder: Path) -> AbstractContextManager[StoredExamples]:
    """Store the examples of one part of the split on disk."""
    selected = questions.select(lambda label: label.split == part)
    examples = ((question.label.sha256, question.example) for question in selected)
    return stored_examples(folder, examples, questions.features, questions.features.blank, questions.domain)
