"""The search space, and the study: trials one at a time in SQLite, so that a killed search can resume; plots."""

import time
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import optuna
from matplotlib.figure import Figure
from optuna import Study, Trial
from optuna.distributions import (
    BaseDistribution,
    CategoricalChoiceType,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.importance import get_param_importances
from optuna.pruners import BasePruner
from optuna.trial import FrozenTrial, TrialState

from imagequant.core.errors import InputError
from imagequant.core.files import replacing
from imagequant.params import Params, SearchParams, overridden

# A better seed is only luck, and the number of networks is limited by time (``tune.members``).
_NOT_SEARCHED = ("seed", "members")
Values = dict[str, CategoricalChoiceType]
Distribution = IntDistribution | FloatDistribution | CategoricalDistribution
# With fewer trials to compare with, too many would be pruned by chance.
_MIN_COMPLETE = 5
# Trials are compared at every step, so a median rule would prune most of them.
_PRUNED_QUANTILE = 0.25
_DEFAULTS = "defaults"
Objective = Callable[[Trial], float]
# Fewer complete trials are too few for ten parameters.
_MIN_TRIALS = 4


def distributions(params: Params) -> dict[str, BaseDistribution]:
    """Return the distribution of each parameter in ``tune.space``.

    Raises:
        InputError: If ``train`` has no such parameter, or a range is invalid, contains values not allowed in ``train``,
            or excludes the current value; names the key.
    """
    known = searchable(params)
    result: dict[str, BaseDistribution] = {}
    for name, search in params.tune.space.items():
        key = f"tune.space.{name}"
        if name not in known:
            raise InputError(f"{key}: no parameter of train that can be searched; allowed: {', '.join(known)}")
        for value in search.choices or (search.low, search.high):
            overridden(params, {f"train.{name}": value}, key)
        try:
            distribution = _make_distribution(search, known[name])
        except ValueError as error:
            raise InputError(f"{key}: {error}") from None
        if not _contains(distribution, known[name]):
            raise InputError(f"{key}: excludes the current value {known[name]!r}: trials could not be compared with it")
        result[name] = distribution
    if not result:
        raise InputError(f"tune.space: nothing to search; allowed: {', '.join(known)}")
    return result


def searchable(params: Params) -> dict[str, Any]:
    """Return the searchable parameters with their current values: all of ``train`` except seed and members."""
    return {name: value for name, value in _leaves(params.train).items() if name not in _NOT_SEARCHED}


def current_values(params: Params) -> Values:
    """Return the current values of the searched parameters."""
    known = searchable(params)
    return {name: known[name] for name in params.tune.space}


def with_values(params: Params, values: Mapping[str, Any]) -> Params:
    """Return the parameters with the values of a trial."""
    return overridden(params, {f"train.{name}": value for name, value in values.items()}, "tune")


def _leaves(section: Any, prefix: str = "") -> dict[str, Any]:
    leaves: dict[str, Any] = {}
    for field in fields(section):
        value, name = getattr(section, field.name), prefix + field.name
        leaves |= _leaves(value, f"{name}.") if is_dataclass(value) else {name: value}
    return leaves


def _contains(distribution: Distribution, value: Any) -> bool:
    if isinstance(distribution, CategoricalDistribution):
        return value in distribution.choices
    steps = (value - distribution.low) / distribution.step if distribution.step else 0.0
    return bool(distribution.low <= value <= distribution.high and abs(steps - round(steps)) < 1e-6)


def _make_distribution(search: SearchParams, value: CategoricalChoiceType) -> Distribution:
    """Return the range, of the same type as the current value; raises ``ValueError`` if it is invalid."""
    if search.choices:
        if search.low is not None or search.high is not None:
            raise ValueError("either choices, or low and high")
        return CategoricalDistribution(search.choices)
    if isinstance(value, bool):
        raise ValueError("needs choices")
    if search.low is None or search.high is None:
        raise ValueError("needs low and high, or choices")
    if isinstance(value, int):
        return IntDistribution(int(search.low), int(search.high), log=search.log, step=int(search.step or 1))
    return FloatDistribution(search.low, search.high, log=search.log, step=search.step)


class QuantilePruner(BasePruner):
    """Prunes a trial that is worse than three quarters of the complete trials at the same step.

    Optuna's ``PercentilePruner`` compares a trial's best value so far. Here the steps continue from fold to fold, so
    that would be the value of the easiest fold.
    """

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Whether to prune after the last reported value."""
        step = trial.last_step
        complete = _trials(study, TrialState.COMPLETE)
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
    """Runs trials until the study has enough in all, the current values (``defaults``) first.

    ``objective`` measures a trial; it raises ``optuna.TrialPruned`` to prune it. No more trials start after ``timeout``
    seconds, if given.
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
    return _trials(study, TrialState.COMPLETE, TrialState.PRUNED)


def default_trial(study: Study) -> FrozenTrial | None:
    """Return the trial of the current values, None if it is not complete."""
    return next((trial for trial in _trials(study, TrialState.COMPLETE) if _DEFAULTS in trial.user_attrs), None)


def _trials(study: Study, *states: TrialState) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=states)


def cached_attribute(study: Study, name: str, key: Any, compute: Callable[[], Any]) -> Any:
    """Return a value stored with the study as JSON; computes it if it was not stored under the same key."""
    stored = study.user_attrs.get(name)
    if stored is None or stored["key"] != key:
        stored = {"key": key, "value": compute()}
        study.set_user_attr(name, stored)
    return stored["value"]


def importances(study: Study) -> dict[str, float]:
    """Return each parameter's share of the difference between trials (PED-ANOVA), the largest first.

    Empty after too few trials.

    Source: S. Watanabe et al., "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces"
    (2023).
    """
    scores = {trial.value for trial in _trials(study, TrialState.COMPLETE)}
    return get_param_importances(study) if len(scores) >= _MIN_TRIALS else {}


def draw_history(study: Study, path: Path) -> None:
    """Plots the score of every trial in order, and the best so far."""
    scores = {trial.number: trial.value or 0.0 for trial in _trials(study, TrialState.COMPLETE)}
    best = list(accumulate(scores.values(), max))
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axes.plot(list(scores), list(scores.values()), "o", color="tab:blue", label="trials")
    axes.step(list(scores), best, where="post", color="tab:orange", label="best so far")
    axes.axhline(next(iter(scores.values())), color="grey", linestyle=":", label="current values (first trial)")
    # Pruned trials have no score: on the lower edge.
    pruned = [trial.number for trial in _trials(study, TrialState.PRUNED)]
    edge = axes.get_xaxis_transform()
    axes.plot(pruned, [0.02] * len(pruned), "|", color="grey", transform=edge, label="pruned")
    axes.set(xlabel="trial", ylabel="score of the held-out rows (Brier, 1 is best)")
    axes.legend()
    _write(figure, path)


def draw_importances(importances: Mapping[str, float], path: Path) -> None:
    """Plots one bar per parameter, the most important on top."""
    names = list(importances)[::-1]
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.35 * max(len(names), 1)), layout="constrained")
    axes.barh(names, [importances[name] for name in names], color="tab:blue")
    axes.set(xlabel="share of the difference between trials")
    if not names:
        axes.set_title("too few trials")
    _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)
    plt.close(figure)
