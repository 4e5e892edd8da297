"""The search space: which parameters of ``train`` are searched, and in which ranges."""

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

# A better seed is only luck, and the number of networks is limited by time (``tune.members``).
_NOT_SEARCHED = ("seed", "members")
Values = dict[str, CategoricalChoiceType]
Distribution = IntDistribution | FloatDistribution | CategoricalDistribution


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
