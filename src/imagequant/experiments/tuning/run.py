"""``data/candidates``, ``data/cnn``, ``data/labels`` -> ``models/tune/``: the study, its best parameters, plots."""

from __future__ import annotations

import fcntl
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import optuna
import torch
from dvclive.live import Live
from optuna import Study, Trial
from optuna.trial import FrozenTrial

from imagequant.core.errors import InputError
from imagequant.core.files import write_json, write_text
from imagequant.core.locations import is_remote
from imagequant.experiments.ablations.patch import patch_yaml
from imagequant.experiments.ablations.presets import as_settings
from imagequant.experiments.cross_validation.workspace import folder_hash
from imagequant.experiments.tuning.compare import compared_by_source
from imagequant.experiments.tuning.measure import fold_score, held_out_rows
from imagequant.experiments.tuning.plots import draw_history, draw_importances, importances
from imagequant.experiments.tuning.rows import Fold, Rows, make_folds, searched_rows
from imagequant.experiments.tuning.space import distributions, values_set, with_values
from imagequant.experiments.tuning.study import default_trial, finished, open_study, remembered, search
from imagequant.params import Params
from imagequant.stages.evaluate.run import rounded
from imagequant.storage.code import code_fingerprint
from imagequant.storage.layout import Layout
from imagequant.storage.work_cache import fingerprint

STUDY_FILE = "study.db"
PATCH_FILE = "best.yaml"
SUMMARY_FILE = "summary.json"
# Steps of a trial: epochs of the first fold, then of the second, ...; more than a fold has.
_STEPS_A_FOLD = 10_000
# A fold's losses before this epoch say little: the learning rate still rises, and slow learners catch up.
_TELLING = 10


def run(params: Params, layout: Layout, trials: int, timeout: float | None) -> None:
    """Searches, compares the best with the values set, writes and tells.

    Args:
        params: The project's.
        layout: Where the outputs of ``candidates``, ``cnn`` and ``labels`` lie.
        trials: How many the study is to have; it goes on where it was stopped.
        timeout: After so many seconds no more trials are begun; None: no limit.

    Raises:
        InputError: If the space or the data will not do, or another search is at work here.
    """
    torch.set_num_threads(1)  # as in training: the order of sums is part of the result
    space = distributions(params)
    folder = layout.models("tune")
    if is_remote(folder):
        raise InputError(f"{folder}: a search keeps its trials in SQLite, which needs a folder of this machine")
    with _alone(folder), searched_rows(params, layout) as rows:
        folds = make_folds(rows.labels, params.labels, params.tune.folds, params.tune.seed)
        name = study_name(params, layout)
        study = open_study(folder / STUDY_FILE, name, params.tune.seed)

        def objective(trial: Trial) -> float:
            return _measure(trial, rows, folds, params, folder / "trials" / name / f"{trial.number:04d}")

        search(study, space, values_set(params), objective, trials, timeout)
        summary = summarise(study, rows, params)
    write_json(folder / SUMMARY_FILE, rounded(summary))
    write_text(folder / PATCH_FILE, patch_yaml(summary["patch"]))
    draw_history(study, folder / "history.png")
    draw_importances(summary["importances"], folder / "importances.png")
    print("\n".join(told(summary, folder)))


def study_name(params: Params, layout: Layout) -> str:
    """Names all that makes trials comparable: data, code, the search, and what of ``train`` stays as it is."""
    data = [folder_hash(layout.data("labels"))]
    data += [folder_hash(layout.data(stage) / "train") for stage in ("candidates", "cnn")]
    code = code_fingerprint("imagequant.experiments.tuning.measure")
    parts = [asdict(params.train), asdict(params.tune), asdict(params.labels)]
    return fingerprint(data, code, parts, torch.__version__)[:16]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps others out: trials of a search at work would look cut off to the next one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{folder}: another `imagequant tune` is at work here") from None
        yield


def _measure(trial: Trial, rows: Rows, folds: Sequence[Fold], params: Params, folder: Path) -> float:
    """The mean of the folds' scores; gives up where the networks' loss falls behind other trials'."""
    train = replace(with_values(params, trial.params).train, members=params.tune.members)
    scores: list[float] = []
    lowest: dict[int, float] = {}
    with Live(str(folder), dvcyaml=None, save_dvc_exp=False, report=None) as live:
        live.log_params(trial.params)

        def on_loss(number: int, epoch: int, loss: float) -> None:
            lowest[number] = min(lowest.get(number, loss), loss)
            live.log_metric("development/loss", loss, timestamp=False)
            live.next_step()
            if epoch < _TELLING:
                return
            trial.report(-sum(lowest.values()) / len(lowest), number * _STEPS_A_FOLD + epoch)
            if trial.should_prune():
                live.log_metric("given_up_in_fold", number + 1, timestamp=False, plot=False)
                _tell(trial, f"given up in fold {number + 1}")
                raise optuna.TrialPruned

        for number, fold in enumerate(folds):
            scores.append(fold_score(rows, fold, train, partial(on_loss, number)))
            live.log_metric("held_out/score", scores[-1], timestamp=False)
        score = sum(scores) / len(scores)
        live.log_metric("score", score, timestamp=False, plot=False)
    _tell(trial, f"{score:.4f}")
    return score


def _tell(trial: Trial, result: str) -> None:
    values = ", ".join(f"{name} {value:.4g}" for name, value in trial.params.items())
    print(f"tune: trial {trial.number}: {result} ({values})", file=sys.stderr)


def summarise(study: Study, rows: Rows, params: Params) -> dict[str, Any]:
    """The best trial, what it changes, and how its model answers beside that of the values set.

    Raises:
        InputError: If the trial of the values set is not through.
    """
    defaults = default_trial(study)
    if defaults is None:
        raise InputError("tune: the values set were not measured: give more --trials, or a longer --timeout")
    best = study.best_trial
    if best.value == defaults.value:
        best = defaults
    states = [trial.state.name for trial in finished(study)]
    return {
        "study": study.study_name,
        "trials": {"complete": states.count("COMPLETE"), "given_up": states.count("PRUNED")},
        "rows": len(rows.labels),
        "score": {"defaults": defaults.value, "best": best.value, "best_trial": best.number},
        "patch": {} if best is defaults else {f"train.{name}": value for name, value in best.params.items()},
        "contest_f1": None if best is defaults else _compare(study, best, rows, params),
        "importances": importances(study),
    }


def _compare(study: Study, best: FrozenTrial, rows: Rows, params: Params) -> dict[str, Any]:
    """F1 of whole models on other folds than those of the search: on its own, luck would speak for the best."""

    def compute() -> dict[str, Any]:
        print("tune: comparing whole models trained with the best values and with those set", file=sys.stderr)
        folds = make_folds(rows.labels, params.labels, params.tune.folds, params.tune.seed + 1)
        mine = held_out_rows(rows, folds, with_values(params, best.params).train)
        theirs = held_out_rows(rows, folds, params.train)
        return compared_by_source(mine, theirs, params.evaluate)

    found: dict[str, Any] = remembered(study, "contest_f1", [best.number, asdict(params.evaluate)], compute)
    return found


def told(summary: Mapping[str, Any], folder: Path) -> list[str]:
    """What a person is told at the end."""
    score, trials = summary["score"], summary["trials"]
    lines = [
        f"{trials['complete']} trials measured, {trials['given_up']} given up on the way; {summary['rows']} rows,"
        " none of them validation",
        f"score of the values set {score['defaults']:.4f}, best {score['best']:.4f} (trial {score['best_trial']})",
    ]
    if not summary["patch"]:
        return [*lines, "no trial beat the values set: they stand"]
    for name, found in summary["contest_f1"].items():
        low, high = found["difference_ci95"]
        lines.append(
            f"contest F1, {name}: {found['value']:.3f}, {found['difference']:+.3f} to the values set"
            f" (95% {low:+.3f} to {high:+.3f}), {found['rows']} rows"
        )
    low, high = summary["contest_f1"]["all"]["difference_ci95"]
    settings = [part for setting in as_settings(summary["patch"]) for part in ("-S", setting)]
    lines += [
        f"the best trial's values are {'better' if low > 0 else 'worse' if high < 0 else 'not surely better'}",
        f"measure them on rows the search never saw: {shlex.join(['dvc', 'exp', 'run', *settings])}",
        f"{folder}: {PATCH_FILE}, {SUMMARY_FILE}, history.png, importances.png, every trial under trials/",
    ]
    return lines
