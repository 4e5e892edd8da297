"""The study: trials one after the other, kept in SQLite, so that a killed search goes on."""

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

# With fewer trials to compare with, too many would be stopped by chance.
_FIRST_COMPLETE = 5
# A trial is judged at every step: losing to half of the others once would stop most of all.
_WORST = 0.25
_DEFAULTS = "defaults"
Objective = Callable[[Trial], float]


class AmongTheWorst(BasePruner):
    """Stops a trial that stands worse than three quarters of the complete ones stood at the same step.

    Optuna's ``PercentilePruner`` asks for a trial's best value so far; here steps go on from fold to fold, so the
    easiest fold would speak for all.
    """

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Whether to stop, after the last value reported."""
        step = trial.last_step
        complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        others = [each.intermediate_values[step] for each in complete if step in each.intermediate_values]
        if step is None or len(others) < _FIRST_COMPLETE:
            return False
        return trial.intermediate_values[step] < float(np.quantile(others, _WORST))


def open_study(path: Path, name: str, seed: int) -> Study:
    """The study of that name in a database file, made if there is none.

    Trials that were cut off are queued to be run again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=f"sqlite:///{path.absolute()}",
        study_name=name,
        direction="maximize",
        pruner=AmongTheWorst(),
        load_if_exists=True,
    )
    # The same seed after a restart would draw the same values again.
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
    """Runs trials until the study has enough, the values set first.

    Args:
        study: Possibly one that has some.
        distributions: Where to search.
        defaults: The values set.
        objective: Measures a trial; raises ``optuna.TrialPruned`` to give it up.
        trials: How many, those that the study has included.
        timeout: After so many seconds no more are begun; None: no limit.
    """
    begun = time.monotonic()
    known = study.get_trials(deepcopy=False)
    if not any(_DEFAULTS in trial.user_attrs and trial.state != TrialState.FAIL for trial in known):
        study.enqueue_trial(defaults, user_attrs={_DEFAULTS: True})
    while len(finished(study)) < trials and (timeout is None or time.monotonic() - begun < timeout):
        trial = study.ask(dict(distributions))
        try:
            study.tell(trial, objective(trial))
        except optuna.TrialPruned:
            study.tell(trial, state=TrialState.PRUNED)


def finished(study: Study) -> list[FrozenTrial]:
    """Trials that were measured or given up."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def default_trial(study: Study) -> FrozenTrial | None:
    """The trial of the values set; None if it is not complete."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return next((trial for trial in complete if _DEFAULTS in trial.user_attrs), None)


def remembered(study: Study, name: str, key: Any, compute: Callable[[], Any]) -> Any:
    """What was computed under a key, now or, if the key was the same, before; kept with the study, as JSON."""
    stored = study.user_attrs.get(name)
    if stored is None or stored["key"] != key:
        stored = {"key": key, "value": compute()}
        study.set_user_attr(name, stored)
    return stored["value"]
