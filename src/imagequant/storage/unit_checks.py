"""What cells about units may hold; apart from ``checks``, because few stages depend on the units."""

from imagequant.quantity.units import UNITS
from imagequant.storage.checks import one_of

UNIT = one_of(sorted(UNITS))
