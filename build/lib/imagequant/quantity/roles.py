"""Which printed names answer which entity, and which entities exclude one another."""

from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Role:
    """The printed names of an entity. Quantities with none of these names may answer it, as those without a name.

    Attributes:
        own: Names that decide: with one of them on a photo, no other quantity counts.
        weak: Names that only count if nothing else does.
        others: Names of other things, which never answer.
    """

    own: frozenset[str]
    weak: frozenset[str]
    others: frozenset[str]


def _role(own: str = "", weak: str = "", others: str = "") -> Role:
    return Role(frozenset(own.split()), frozenset(weak.split()), frozenset(others.split()))


_ROLES: dict[str, Role] = {
    "height": _role("height", "thickness", "width depth diameter"),
    "width": _role("width", "", "height depth thickness"),
    "depth": _role("depth", "", "height width"),
    "item_weight": _role("net item", "gross drained", "load user dose"),
    "maximum_weight_recommendation": _role("load", "", "net item gross drained user dose"),
    "item_volume": _role("net", "dose"),
}
_NO_NAMES = _role()


def role_of(entity: str) -> Role:
    """Return the printed names of an entity; none by default."""
    return _ROLES.get(entity, _NO_NAMES)


# One printed quantity answers only one entity of each group, as a rule; at most three entities in a group.
_EXCLUSIVE = (("width", "height", "depth"), ("item_weight", "maximum_weight_recommendation"))

# How strict the rule is for each pair is learned (see ``model.joint``).
EXCLUSIVE_PAIRS: tuple[tuple[str, str], ...] = tuple(pair for group in _EXCLUSIVE for pair in combinations(group, 2))

# The entities that are decided together with each.
SIBLINGS: dict[str, tuple[str, ...]] = {
    entity: tuple(other for other in group if other != entity) for group in _EXCLUSIVE for entity in group
}
