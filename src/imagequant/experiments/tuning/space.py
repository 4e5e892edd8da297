"""The search space: which parameters of ``train`` are tried, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalChoiceType,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from imagequant.core.errors import InputError
from imagequant.params import Params, SearchParams, overridden

# What a seed gains is luck, and how many networks there are is a matter of time (``tune.members``).
_NOT_SEARCHED = ("seed", "members")
Values = dict[str, CategoricalChoiceType]
Distribution = IntDistribution | FloatDistribution | CategoricalDistribution


def distributions(params: Params) -> dict[str, BaseDistribution]:
    """Where each parameter of ``tune.space`` is searched.

    Raises:
        InputError: If a name is none of ``train``, or a range is none, or holds values that ``train`` cannot have, or
            leaves out the value set: names the key.
    """
    known = searchable(params)
    made: dict[str, BaseDistribution] = {}
    for name, search in params.tune.space.items():
        key = f"tune.space.{name}"
        if name not in known:
            raise InputError(f"{key}: no parameter of train that can be searched; allowed: {', '.join(known)}")
        for value in search.choices or (search.low, search.high):
            overridden(params, {f"train.{name}": value}, key)
        made[name] = _distribution(search, known[name], key)
    if not made:
        raise InputError(f"tune.space: nothing to search; allowed: {', '.join(known)}")
    return made


def searchable(params: Params) -> dict[str, Any]:
    """What can be searched, with the values set: everything in ``train`` but the seed and the number of members."""
    return {name: value for name, value in _leaves(params.train).items() if name not in _NOT_SEARCHED}


def values_set(params: Params) -> Values:
    """The values that section ``train`` has now, of the parameters that are searched."""
    known = searchable(params)
    return {name: known[name] for name in params.tune.space}


def with_values(params: Params, values: Mapping[str, Any]) -> Params:
    """The parameters with a trial's values."""
    return overridden(params, {f"train.{name}": value for name, value in values.items()}, "tune")


def _leaves(section: Any, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(section):
        value, name = getattr(section, field.name), prefix + field.name
        found |= _leaves(value, f"{name}.") if is_dataclass(value) else {name: value}
    return found


def _distribution(search: SearchParams, value: CategoricalChoiceType, key: str) -> Distribution:
    try:
        made = _made(search, value)
    except ValueError as error:
        raise InputError(f"{key}: {error}") from None
    if not _holds(made, value):
        raise InputError(f"{key}: leaves out {value!r}, which is set: trials could not be compared with it")
    return made


def _holds(distribution: Distribution, value: Any) -> bool:
    if isinstance(distribution, CategoricalDistribution):
        return value in distribution.choices
    steps = (value - distribution.low) / distribution.step if distribution.step else 0.0
    return bool(distribution.low <= value <= distribution.high and abs(steps - round(steps)) < 1e-6)


def _made(search: SearchParams, value: CategoricalChoiceType) -> Distribution:
    """The range, of the kind that the value set has.

    Raises:
        ValueError: If there is no such range; without the key.
    """
    if search.choices:
        if search.low is not None or search.high is not None:
            raise ValueError("either choices, or low and high")
        return CategoricalDistribution(search.choices)
    if search.low is None or search.high is None or isinstance(value, bool):
        raise ValueError("needs choices" if isinstance(value, bool) else "needs low and high, or choices")
    if isinstance(value, int):
        step = int(search.step or 1)
        return IntDistribution(int(search.low), int(search.high), log=search.log, step=step)
    return FloatDistribution(search.low, search.high, log=search.log, step=search.step)
