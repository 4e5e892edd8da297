"""``data/candidates``, ``data/cnn``, ``data/labels`` -> ``models/tune/``: the study, its best parameters, plots."""

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
from imagequant.evaluation.bootstrap import Figure, contest_f1, figure, is_significant
from imagequant.evaluation.folds import Fold, make_folds
from imagequant.evaluation.metrics import rounded
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.ablations import as_settings, patch_yaml
from imagequant.experiments.dvc import output_hashes
from imagequant.experiments.tuning import study as studies
from imagequant.experiments.tuning.measure import SearchRows, fold_score, held_out_rows, load_search_rows
from imagequant.experiments.tuning.study import current_values, distributions, with_values
from imagequant.params import EvaluateParams, Params
from imagequant.storage.code import code_fingerprint
from imagequant.storage.labels import LabelRow
from imagequant.storage.layout import Layout
from imagequant.storage.work_cache import fingerprint

STUDY_FILE = "study.db"
PATCH_FILE = "best.yaml"
SUMMARY_FILE = "summary.json"
ALL_SOURCES = "all"
# The steps of a trial are the epochs of the first fold, then of the second, ...; no fold has more epochs than this.
_STEPS_PER_FOLD = 10_000
# Earlier losses say little: the learning rate still rises, and slow learners catch up.
_FIRST_PRUNING_EPOCH = 10


def run(params: Params, layout: Layout, trials: int, timeout: float | None) -> None:
    """Searches, compares the best values with the current ones, writes and prints the results.

    ``trials`` is the total number; an interrupted study resumes. No more trials start after ``timeout`` seconds, if
    given.
    """
    torch.set_num_threads(1)  # as in training: the order of sums affects the result
    space = distributions(params)
    folder = layout.models("tune")
    if is_remote(folder):
        raise InputError(f"{folder}: a search stores its trials in SQLite, which needs a local folder")
    with _locked(folder), load_search_rows(params, layout) as rows:
        folds = search_folds(rows.labels, params, params.tune.seed)
        name = study_name(params, layout)
        study = studies.open_study(folder / STUDY_FILE, name, params.tune.seed)

        def objective(trial: Trial) -> float:
            return _measure(trial, rows, folds, params, folder / "trials" / name / f"{trial.number:04d}")

        studies.search(study, space, current_values(params), objective, trials, timeout)
        summary = summarise(study, rows, params)
    write_json(folder / SUMMARY_FILE, rounded(summary))
    write_text(folder / PATCH_FILE, patch_yaml(summary["patch"]))
    studies.draw_history(study, folder / "history.png")
    studies.draw_importances(summary["importances"], folder / "importances.png")
    print("\n".join(format_summary(summary, folder)))


def study_name(params: Params, layout: Layout) -> str:
    """Return a name for everything that makes trials comparable: data, code, search space and other parameters."""
    data = output_hashes(layout.root, ("labels", "candidates", "cnn"))
    code = code_fingerprint("imagequant.experiments.tuning.measure")
    parts = [asdict(params.train), asdict(params.tune), asdict(params.labels)]
    return fingerprint(data, code, parts, torch.__version__)[:16]


def search_folds(labels: Sequence[LabelRow], params: Params, seed: int) -> list[Fold]:
    """Splits the rows into folds. The seed must not be that of ``labels``, whose validation fold is missing here."""
    return make_folds(labels, replace(params.labels, seed=seed), params.tune.folds)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Excludes other searches: they would take the running trials of this one for interrupted ones."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{folder}: another `imagequant tune` runs here") from None
        yield


def _measure(trial: Trial, rows: SearchRows, folds: Sequence[Fold], params: Params, folder: Path) -> float:
    """Return the mean score of the folds; prunes the trial if its loss falls behind that of other trials."""
    train = replace(with_values(params, trial.params).train, members=params.tune.members)
    scores: list[float] = []
    lowest: dict[int, float] = {}
    with Live(str(folder), dvcyaml=None, save_dvc_exp=False, report=None) as live:
        live.log_params(trial.params)

        def on_loss(number: int, epoch: int, loss: float) -> None:
            lowest[number] = min(lowest.get(number, loss), loss)
            live.log_metric("development/loss", loss, timestamp=False)
            live.next_step()
            if epoch < _FIRST_PRUNING_EPOCH:
                return
            trial.report(-sum(lowest.values()) / len(lowest), number * _STEPS_PER_FOLD + epoch)
            if trial.should_prune():
                live.log_metric("given_up_in_fold", number + 1, timestamp=False, plot=False)
                _log(trial, f"pruned in fold {number + 1}")
                raise optuna.TrialPruned

        for number, fold in enumerate(folds):
            scores.append(fold_score(rows, fold, train, partial(on_loss, number)))
            live.log_metric("held_out/score", scores[-1], timestamp=False)
        score = sum(scores) / len(scores)
        live.log_metric("score", score, timestamp=False, plot=False)
    _log(trial, f"{score:.4f}")
    return score


def _log(trial: Trial, result: str) -> None:
    values = ", ".join(f"{name} {value:.4g}" for name, value in trial.params.items())
    print(f"tune: trial {trial.number}: {result} ({values})", file=sys.stderr)


def summarise(study: Study, rows: SearchRows, params: Params) -> dict[str, Any]:
    """Return the best trial, its changes, and a comparison of its model with that of the current values."""
    defaults = studies.default_trial(study)
    if defaults is None:
        raise InputError("tune: the current values were not measured: use more --trials, or a longer --timeout")
    best = study.best_trial
    if best.value == defaults.value:
        best = defaults
    states = [trial.state.name for trial in studies.finished(study)]
    return {
        "study": study.study_name,
        "trials": {"complete": states.count("COMPLETE"), "given_up": states.count("PRUNED")},
        "rows": len(rows.labels),
        "score": {"defaults": defaults.value, "best": best.value, "best_trial": best.number},
        "patch": {} if best is defaults else {f"train.{name}": value for name, value in best.params.items()},
        "contest_f1": None if best is defaults else _compare(study, best, rows, params),
        "importances": studies.importances(study),
    }


def _compare(study: Study, best: FrozenTrial, rows: SearchRows, params: Params) -> dict[str, Any]:
    """Compares whole models by F1, on other folds than those of the search, which the best trial may fit by luck."""

    def compute() -> dict[str, Any]:
        print("tune: comparing whole models trained with the best and the current values", file=sys.stderr)
        folds = search_folds(rows.labels, params, params.tune.seed + 1)
        tuned = held_out_rows(rows, folds, with_values(params, best.params).train)
        current = held_out_rows(rows, folds, params.train)
        return compare_by_source(tuned, current, params.evaluate)

    comparison: dict[str, Any] = studies.cached_attribute(
        study, "contest_f1", [best.number, asdict(params.evaluate)], compute
    )
    return comparison


def compare_by_source(
    rows: Sequence[ScoredRow], reference: Sequence[ScoredRow], params: EvaluateParams
) -> dict[str, Figure | None]:
    """Return contest F1 and its paired difference on all rows, and on those of each file if there are several."""
    sources = sorted({row.source for row in rows})
    found = {ALL_SOURCES: figure(rows, contest_f1, params, reference)}
    for source in sources if len(sources) > 1 else ():
        found[source] = figure([row for row in rows if row.source == source], contest_f1, params, reference)
    return found


def format_summary(summary: Mapping[str, Any], folder: Path) -> list[str]:
    """Formats the summary for the terminal, as lines."""
    score, trials = summary["score"], summary["trials"]
    lines = [
        f"{trials['complete']} trials measured, {trials['given_up']} pruned; {summary['rows']} rows without validation",
        f"score of the current values {score['defaults']:.4f}, best {score['best']:.4f} (trial {score['best_trial']})",
    ]
    if not summary["patch"]:
        return [*lines, "no trial beat the current values: keep them"]
    for name, result in summary["contest_f1"].items():
        low, high = result["difference_ci95"]
        lines.append(
            f"contest F1, {name}: {result['value']:.3f}, {result['difference']:+.3f} to the current values"
            f" (95% {low:+.3f} to {high:+.3f}), {result['rows']} rows"
        )
    overall = summary["contest_f1"][ALL_SOURCES]
    direction = "better" if overall["difference"] > 0 else "worse"
    verdict = direction if is_significant(overall) else "not significantly better"
    command = shlex.join(["dvc", "exp", "run", *as_settings(summary["patch"])])
    lines += [
        f"the best trial's values are {verdict}",
        f"measure them on rows that the search never saw: {command}",
        f"{folder}: {PATCH_FILE}, {SUMMARY_FILE}, history.png, importances.png, every trial under trials/",
    ]
    return lines
