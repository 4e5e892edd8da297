"""How an amount is printed, beyond a number and a unit: a range, a tolerance, a limit, several parts."""

from __future__ import annotations

from typing import Any, Protocol

from imagequant.core.records import Mention
from imagequant.quantity.convert import convert, plain


class Worded(Protocol):
    """An amount with how it is printed; see ``details`` for the attributes."""

    @property
    def value(self) -> float | None:
        """The number."""

    @property
    def unit(self) -> str | None:
        """Its unit."""

    @property
    def low(self) -> float | None:
        """The lower end of a range, else the number."""

    @property
    def high(self) -> float | None:
        """The upper end of a range, else the number."""

    @property
    def tolerance(self) -> float:
        """What is printed after ``±``."""

    @property
    def bound(self) -> str:
        """``up to``, ``at least`` or empty."""

    @property
    def count(self) -> float:
        """The number of parts."""

    @property
    def part(self) -> float | None:
        """The amount of one part."""


def details(mention: Mention) -> dict[str, Any]:
    """Return how a mention is printed, as fields of an answer."""
    names = ("low", "high", "tolerance", "bound", "count", "part")
    return {name: getattr(mention, name) for name in names}


def converted_details(answer: Worded, unit: str, target: str) -> dict[str, Any]:
    """Return an answer's details that are amounts in another unit, as far as they are known."""
    ends = {name: getattr(answer, name) for name in ("low", "high", "part")}
    scaled = {name: None if end is None else convert(end, unit, target) for name, end in ends.items()}
    # A difference: offsets of temperatures do not count.
    return {**scaled, "tolerance": convert(answer.tolerance, unit, target) - convert(0.0, unit, target)}


def as_printed(answer: Worded) -> str:
    """Return ``100 to 240 volt``, ``6 x 330 millilitre``, ``12 ± 0.5 centimetre`` or ``up to 150 kilogram``.

    Empty if number and unit are all that is printed.
    """
    if answer.value is None or answer.low is None or answer.high is None:
        return ""
    if answer.low != answer.high:
        return f"{plain(answer.low)} to {plain(answer.high)} {answer.unit}"
    if answer.count != 1 and answer.part is not None:
        return f"{plain(answer.count)} x {plain(answer.part)} {answer.unit}"
    if answer.tolerance:
        return f"{plain(answer.value)} ± {plain(answer.tolerance)} {answer.unit}"
    return f"{answer.bound} {plain(answer.value)} {answer.unit}" if answer.bound else ""
