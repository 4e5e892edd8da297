"""What belongs to one product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imagequant.core.records import Box


@dataclass(frozen=True)
class Group:
    """What belongs to one of several products on a photo.

    Attributes:
        name: Its heading, label or caption; empty if none is printed.
        box: The box around its prints and its name.
        prints: Indices of its prints.
        tokens: Indices of its words.
        names: Printed names of its prints that stand in the table's head: {print: "height"}.
    """

    name: str
    box: Box
    prints: tuple[int, ...]
    tokens: tuple[int, ...]
    names: Mapping[int, str] = field(default_factory=dict)
