"""The study on a bowl whose best place is known: it starts from the values set, goes on, gives up, and improves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from optuna import Study, Trial
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState

from imagequant.experiments.tuning.study import (
    cached_attribute,
    default_trial,
    draw_history,
    draw_importances,
    finished,
    importances,
    open_study,
    search,
)

SPACE = {"x": FloatDistribution(-1.0, 1.0), "y": FloatDistribution(-1.0, 1.0)}
DEFAULTS = {"x": 0.9, "y": 0.0}


def bowl(trial: Trial) -> float:
    return -((trial.params["x"] + 0.5) ** 2)


class Killed(BaseException):
    """As a process that ends in the middle of a trial."""


def run(path: Path, trials: int, objective: Callable[[Trial], float] = bowl, name: str = "s") -> Study:
    study = open_study(path / "study.db", name, seed=1)
    search(study, SPACE, DEFAULTS, objective, trials, None)
    return study


def test_the_values_set_come_first_and_are_beaten(tmp_path: Path) -> None:
    study = run(tmp_path, 25)
    assert study.trials[0].params == DEFAULTS
    assert default_trial(study) == study.trials[0]
    assert abs(study.best_params["x"] + 0.5) < 0.1
    assert importances(study)["x"] > 0.8


def test_a_search_goes_on_where_it_stopped_and_draws_nothing_twice(tmp_path: Path) -> None:
    run(tmp_path, 3)
    study = run(tmp_path, 8)
    assert len(finished(study)) == 8
    assert len({trial.params["x"] for trial in study.trials}) == 8
    asked: list[int] = []
    assert run(tmp_path, 8, lambda trial: float(asked.append(trial.number) or 0)).trials == study.trials
    assert not asked


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    one, other = run(tmp_path / "a", 6), run(tmp_path / "b", 6)
    assert [trial.params for trial in one.trials] == [trial.params for trial in other.trials]


def test_a_trial_cut_off_is_run_again(tmp_path: Path) -> None:
    cut: list[dict[str, float]] = []

    def die(trial: Trial) -> float:
        if trial.number == 2:
            cut.append(trial.params)
            raise Killed
        return bowl(trial)

    with pytest.raises(Killed):
        run(tmp_path, 5, die)
    study = run(tmp_path, 5)
    assert [trial.state for trial in study.trials].count(TrialState.COMPLETE) == 5
    assert study.trials[3].params == cut[0]


def test_the_values_set_cut_off_are_still_measured(tmp_path: Path) -> None:
    def die(_: Trial) -> float:
        raise Killed

    with pytest.raises(Killed):
        run(tmp_path, 2, die)
    found = default_trial(run(tmp_path, 2))
    assert found is not None
    assert found.params == DEFAULTS


def test_another_name_is_another_study(tmp_path: Path) -> None:
    run(tmp_path, 3)
    assert len(run(tmp_path, 1, name="other").trials) == 1


def test_no_trial_is_begun_after_the_time(tmp_path: Path) -> None:
    study = open_study(tmp_path / "study.db", "s", seed=1)
    search(study, SPACE, DEFAULTS, bowl, 5, 0.0)
    assert finished(study) == []
    assert default_trial(study) is None


def test_trials_among_the_worst_are_given_up(tmp_path: Path) -> None:
    steps: dict[int, int] = {}

    def slow(trial: Trial) -> float:
        # The first step is easy for all, as an easy fold is: what counts is where a trial stands now.
        for step, value in enumerate([5.0, bowl(trial), bowl(trial)]):
            steps[trial.number] = step
            trial.report(value, step)
            if trial.should_prune():
                raise optuna.TrialPruned
        return bowl(trial)

    study = run(tmp_path, 20, slow)
    states = {trial.number: trial.state for trial in study.trials}
    # Nobody is given up before there are five to compare with.
    assert all(states[number] is TrialState.COMPLETE for number in range(5))
    given_up = [number for number, state in states.items() if state is TrialState.PRUNED]
    assert given_up
    assert {steps[number] for number in given_up} == {1}
    complete = [bowl(trial) for trial in study.trials if trial.state is TrialState.COMPLETE]
    assert max(complete) == study.best_value


def test_what_was_computed_for_the_best_is_computed_once(tmp_path: Path) -> None:
    study = run(tmp_path, 1)
    calls: list[int] = []

    def compute() -> int:
        calls.append(1)
        return len(calls)

    assert cached_attribute(study, "f1", [0, "a"], compute) == 1
    assert cached_attribute(open_study(tmp_path / "study.db", "s", 1), "f1", [0, "a"], compute) == 1
    assert cached_attribute(study, "f1", [1, "a"], compute) == 2


def test_plots_are_drawn_of_many_trials_and_of_one(tmp_path: Path) -> None:
    for trials in (1, 8):
        study = run(tmp_path, trials)
        draw_history(study, tmp_path / "history.png")
        draw_importances(importances(study), tmp_path / "importances.png")
        for name in ("history.png", "importances.png"):
            assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
