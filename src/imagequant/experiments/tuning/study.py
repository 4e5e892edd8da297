"""The study: trials run one at a time and stored in SQLite, so that a killed search can resume."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna import Study, Trial
from optuna.distributions import BaseDistribution
from optuna.pruners import BasePruner
from optuna.trial import FrozenTrial, TrialState

from imagequant.experiments.tuning.space import Values

# With fewer trials to compare with, too many would be pruned by chance.
_MIN_COMPLETE = 5
# Trials are compared at every step, so a median rule would prune most of them.
_PRUNED_QUANTILE = 0.25
_DEFAULTS = "defaults"
Objective = Callable[[Trial], float]


class QuantilePruner(BasePruner):
    """Prunes a trial that is worse than three quarters of the complete trials at the same step.

    Optuna's ``PercentilePruner`` compares a trial's best value so far. Here the steps continue from fold to fold, so
    that would be the value of the easiest fold.
    """

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Whether to prune after the last reported value."""
        step = trial.last_step
        complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        others = [each.intermediate_values[step] for each in complete if step in each.intermediate_values]
        if step is None or len(others) < _MIN_COMPLETE:
            return False
        return trial.intermediate_values[step] < float(np.quantile(others, _PRUNED_QUANTILE))


def open_study(path: Path, name: str, seed: int) -> Study:
    """Opens the study of that name in a database file, or creates it.

    Interrupted trials are queued to run again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=f"sqlite:///{path.absolute()}",
        study_name=name,
        direction="maximize",
        pruner=QuantilePruner(),
        load_if_exists=True,
    )
    # The same seed after a restart would sample the same values again.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
        study.enqueue_trial(trial.params, user_attrs=trial.user_attrs)
    return study


def search(
    study: Study,
    distributions: Mapping[str, BaseDistribution],
    defaults: Values,
    objective: Objective,
    trials: int,
    timeout: float | None,
) -> None:
    """Runs trials until the study has enough, the current values first.

    Args:
        study: The study, which may already have trials.
        distributions: The search space.
        defaults: The current values.
        objective: Measures a trial; raises ``optuna.TrialPruned`` to prune it.
        trials: Total number of trials, including those the study already has.
        timeout: Seconds after which no more trials start; None for no limit.
    """
    started = time.monotonic()
    known = study.get_trials(deepcopy=False)
    if not any(_DEFAULTS in trial.user_attrs and trial.state != TrialState.FAIL for trial in known):
        study.enqueue_trial(defaults, user_attrs={_DEFAULTS: True})
    while len(finished(study)) < trials and (timeout is None or time.monotonic() - started < timeout):
        trial = study.ask(dict(distributions))
        try:
            study.tell(trial, objective(trial))
        except optuna.TrialPruned:
            study.tell(trial, state=TrialState.PRUNED)


def finished(study: Study) -> list[FrozenTrial]:
    """Return the trials that were measured or pruned."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def default_trial(study: Study) -> FrozenTrial | None:
    """Return the trial of the current values, None if it is not complete."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return next((trial for trial in complete if _DEFAULTS in trial.user_attrs), None)


def cached_attribute(study: Study, name: str, key: Any, compute: Callable[[], Any]) -> Any:
    """Return a value stored with the study as JSON; computes it if it was not stored under the same key."""
    stored = study.user_attrs.get(name)
    if stored is None or stored["key"] != key:
        stored = {"key": key, "value": compute()}
        study.set_user_attr(name, stored)
    return stored["value"]
