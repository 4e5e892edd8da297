"""The search space says what is wrong with it, and names the key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from imagequant.core.errors import InputError
from imagequant.experiments.tuning.study import current_values, distributions, searchable, with_values
from imagequant.params import Params, SearchParams, load_params

PARAMS = load_params(Path(__file__).parents[3] / "params.yaml")


def searching(space: dict[str, dict[str, Any]]) -> Params:
    named = {name: SearchParams(**search) for name, search in space.items()}
    return replace(PARAMS, tune=replace(PARAMS.tune, space=named))


def test_the_space_of_the_project_is_sound() -> None:
    assert set(distributions(PARAMS)) == set(PARAMS.tune.space) == set(current_values(PARAMS))


def test_ranges_are_of_the_kind_of_the_parameter() -> None:
    made = distributions(
        searching(
            {
                "lr": {"low": 0.0001, "high": 0.01, "log": True},
                "trees.num_leaves": {"low": 3, "high": 31, "step": 4},
                "use_cnn_grid": {"choices": (True, False)},
                "batch_size": {"choices": (16, 32)},
            }
        )
    )
    assert made == {
        "lr": FloatDistribution(0.0001, 0.01, log=True),
        "trees.num_leaves": IntDistribution(3, 31, step=4),
        "use_cnn_grid": CategoricalDistribution((True, False)),
        "batch_size": CategoricalDistribution((16, 32)),
    }


@pytest.mark.parametrize(
    ("space", "says"),
    [
        ({"rate": {"low": 0, "high": 1}}, "tune.space.rate: no parameter of train .*allowed: epochs, "),
        ({"seed": {"low": 0, "high": 9}}, "tune.space.seed: no parameter of train"),
        ({"members": {"low": 1, "high": 9}}, "tune.space.members: no parameter of train"),
        ({"dropout": {"low": 0.0, "high": 1.5}}, "tune.space.dropout: train.dropout: .*less than 1 .*1.5"),
        ({"trees.num_leaves": {"choices": ("many", 15)}}, "tune.space.trees.num_leaves: train.trees.num.*many"),
        ({"lr": {"low": 0.1, "high": 0.01}}, "tune.space.lr: .*low <= high"),
        ({"lr": {"low": 0.002, "high": 0.01}}, "tune.space.lr: excludes the current value 0.001"),
        (
            {"trees.num_leaves": {"low": 4, "high": 30, "step": 2}},
            "tune.space.trees.num_leaves: excludes the current value 15",
        ),
        ({"use_cnn_grid": {"choices": (False,)}}, "tune.space.use_cnn_grid: excludes the current value True"),
        ({"use_cnn_grid": {"low": 0, "high": 1}}, "tune.space.use_cnn_grid: "),
        ({"lr": {"choices": (0.001,), "low": 0.1}}, "tune.space.lr: either choices, or low and high"),
        ({"weight_decay": {"low": 0.0, "high": 0.1, "log": True}}, "tune.space.weight_decay: .*low > 0"),
        ({}, "tune.space: nothing to search; allowed: epochs, "),
    ],
)
def test_what_is_wrong_is_named(space: dict[str, dict[str, Any]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        distributions(searching(space))


def test_everything_of_train_but_seed_and_members_can_be_searched() -> None:
    names = searchable(PARAMS)
    assert {"lr", "augment.text_dropout", "trees.weight", "use_lstm"} <= set(names)
    assert not {"seed", "members"} & set(names)
    assert names["trees.num_leaves"] == PARAMS.train.trees.num_leaves


def test_a_trials_values_change_nothing_else() -> None:
    changed = with_values(PARAMS, {"lr": 0.002, "trees.num_leaves": 7})
    assert changed.train.lr == 0.002
    assert changed.train.trees == replace(PARAMS.train.trees, num_leaves=7)
    assert with_values(changed, current_values(PARAMS) | {"trees.num_leaves": PARAMS.train.trees.num_leaves}) == PARAMS
