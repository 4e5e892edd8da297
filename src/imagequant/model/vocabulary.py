"""The numbers by which a model knows entities, units and printed names: their places in its domain."""

from __future__ import annotations

from dataclasses import dataclass

from imagequant.quantity.domain import Domain


@dataclass(frozen=True)
class Vocabulary:
    """How many entities, units and printed names there are, and the pairs of entities that exclude one another."""

    entities: int
    units: int
    names: int
    exclusive_pairs: tuple[tuple[int, int], ...]

    @property
    def exclusions(self) -> int:
        """The number of exclusions to learn; one, which nothing uses, if no entities exclude one another.

        Exported networks cannot have empty tensors.
        """
        return max(len(self.exclusive_pairs), 1)

    @classmethod
    def of(cls, domain: Domain) -> Vocabulary:
        """Number the entities, units and names of a domain."""
        number = domain.names.index
        pairs = tuple((number(one), number(other)) for one, other in domain.exclusive_pairs)
        return cls(len(domain.names), len(domain.units), len(domain.printed_names), pairs)
