"""What cells about entities and units may hold; apart from ``checks``, because few stages depend on the units."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_

from imagequant.quantity.units import ENTITIES, ENTITY_UNITS, UNITS
from imagequant.storage.checks import one_of
from imagequant.storage.declare import Expression

ENTITY = one_of(ENTITIES)
UNIT = one_of(sorted(UNITS))


def unit_of_entity(entity: Expression, fits: Callable[[Iterable[str]], Expression]) -> Expression:
    """Is true where the entity is known and one of its units fits."""
    units: Mapping[str, Iterable[str]] = ENTITY_UNITS
    return reduce(or_, ((entity == name) & fits(sorted(allowed)) for name, allowed in units.items()))
