"""Plots of the search history and of the parameters' importance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from optuna import Study
from optuna.importance import get_param_importances
from optuna.trial import TrialState

from imagequant.core.files import replacing

# Fewer complete trials are too few for ten parameters.
_MIN_TRIALS = 4


def importances(study: Study) -> dict[str, float]:
    """Return each parameter's share of the difference between trials (PED-ANOVA), the largest first.

    Empty after too few trials.

    Source: S. Watanabe et al., "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces"
    (2023).
    """
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len({trial.value for trial in complete}) < _MIN_TRIALS:
        return {}
    return get_param_importances(study)


def draw_history(study: Study, path: Path) -> None:
    """Plots the score of every trial in order, and the best so far."""
    trials = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    numbers = [trial.number for trial in trials]
    scores = [trial.value or 0.0 for trial in trials]
    best = [max(scores[: count + 1]) for count in range(len(scores))]
    pruned = [trial.number for trial in study.get_trials(deepcopy=False, states=(TrialState.PRUNED,))]
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axes.plot(numbers, scores, "o", color="tab:blue", label="trials")
    axes.step(numbers, best, where="post", color="tab:orange", label="best so far")
    axes.axhline(scores[0], color="grey", linestyle=":", label="current values (first trial)")
    # Pruned trials have no score: on the lower edge.
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
