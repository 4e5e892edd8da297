"""How the search went, and which parameters mattered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from optuna import Study
from optuna.importance import get_param_importances
from optuna.trial import TrialState

from imagequant.core.files import replacing

# Fewer complete trials say nothing about ten parameters.
_ENOUGH = 4


def importances(study: Study) -> dict[str, float]:
    """Each parameter's share of what made trials differ (PED-ANOVA), the largest first; nothing after a few trials.

    Source: S. Watanabe et al., "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces"
    (2023).
    """
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len({trial.value for trial in complete}) < _ENOUGH:
        return {}
    return get_param_importances(study)


def draw_history(study: Study, path: Path) -> None:
    """Every trial's score in order, and the best so far."""
    trials = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    numbers = [trial.number for trial in trials]
    scores = [trial.value or 0.0 for trial in trials]
    best = [max(scores[: count + 1]) for count in range(len(scores))]
    given_up = [trial.number for trial in study.get_trials(deepcopy=False, states=(TrialState.PRUNED,))]
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axes.plot(numbers, scores, "o", color="tab:blue", label="trials")
    axes.step(numbers, best, where="post", color="tab:orange", label="best so far")
    axes.axhline(scores[0], color="grey", linestyle=":", label="values set (first trial)")
    # Given up before they had a score: on the lower edge.
    edge = axes.get_xaxis_transform()
    axes.plot(given_up, [0.02] * len(given_up), "|", color="grey", transform=edge, label="given up")
    axes.set(xlabel="trial", ylabel="score of the held-out rows (Brier, 1 is best)")
    axes.legend()
    _write(figure, path)


def draw_importances(importances: Mapping[str, float], path: Path) -> None:
    """One bar a parameter, the most important on top."""
    names = list(importances)[::-1]
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.35 * max(len(names), 1)), layout="constrained")
    axes.barh(names, [importances[name] for name in names], color="tab:blue")
    axes.set(xlabel="share of the difference between trials")
    if not names:
        axes.set_title("too few trials to tell")
    _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)
    plt.close(figure)
