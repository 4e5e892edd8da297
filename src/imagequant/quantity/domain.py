"""What can be asked: entities, the kinds of quantity that answer them, and the names they have in print.

The entities come from section ``domain`` of ``params.yaml``, and a trained model keeps those it was trained with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from imagequant.core.errors import InputError
from imagequant.quantity.names import KINDS_OF_WEIGHT
from imagequant.quantity.units import KINDS, UNITS, Unit, to_base

# Names that the grammar and ``names`` know without a declaration.
KNOWN_NAMES = ("height", "width", "depth", "length", "thickness", "diameter", *KINDS_OF_WEIGHT)
# Amounts of these kinds give others their meaning, so they are parsed even if nobody asks for them: "6 x 330 ml".
_ALWAYS_PARSED = frozenset(("weight", "length", "voltage", "power", "volume"))
# The ranker decides at most this many entities together.
_MOST_TOGETHER = 3


@dataclass(frozen=True)
class Typical:
    """Amounts on generated photos: ``low`` to ``high`` in the first of ``units``; each unit is printed as often."""

    low: float
    high: float
    units: tuple[str, ...]


@dataclass(frozen=True)
class Entity:
    """A question that can be asked about a photo.

    Attributes:
        kind: The kind of quantity that answers it (see ``units.KINDS``).
        units: The units that answer it; empty: all units of the kind.
        names: Printed names by language. With one of them on a photo, no other quantity of the kind answers, and what
            it names answers no other entity, unless one says so in ``known_as``.
        known_as: Names known without a declaration that decide in the same way (see ``KNOWN_NAMES``), or other
            entities whose names also count for this one.
        only_if_alone: Names that only count if nothing else does.
        never: Names of other things, which never answer.
        limits: The smallest and largest amount that products have, in the kind's base unit.
        apart_from: Entities that one printed quantity does not answer as well, as a rule; two at most.
        typical: Amounts for generated photos; none: the entity has scenes of its own, or no generated photos.
    """

    kind: str
    units: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known_as: tuple[str, ...] = ()
    only_if_alone: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    limits: tuple[float, float] | None = None
    apart_from: tuple[str, ...] = ()
    typical: Typical | None = None

    @cached_property
    def allowed_units(self) -> tuple[str, ...]:
        """The units of its answers, in the order of the table of units."""
        return tuple(name for name, unit in UNITS.items() if unit.kind == self.kind and name in (self.units or UNITS))


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


@dataclass(frozen=True)
class Domain:
    """All entities, by name, and kinds of quantity to read although no entity asks for them."""

    entities: Mapping[str, Entity]
    also_read: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(tuple(self.entities))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The entities' names; the ranker numbers them in this order."""
        return tuple(self.entities)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of quantity that are read."""
        return frozenset((*self.also_read, *(entity.kind for entity in self.entities.values())))

    @cached_property
    def parsed_kinds(self) -> frozenset[str]:
        """The kinds that the grammar has to know in order to read ``kinds``."""
        return self.kinds | _ALWAYS_PARSED

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units that are read, by name; the ranker numbers them in this order."""
        return {name: unit for name, unit in UNITS.items() if unit.kind in self.kinds}

    @cached_property
    def printed_names(self) -> tuple[str, ...]:
        """What a quantity may be called: nothing, a known name, or the name of an entity that declares some."""
        return ("", *KNOWN_NAMES, *self.declared)

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """The entities that declare printed names."""
        return tuple(name for name, entity in self.entities.items() if any(entity.names.values()))

    @cached_property
    def exclusive_pairs(self) -> tuple[tuple[str, str], ...]:
        """Pairs of entities that one printed quantity does not answer both, as a rule; how strictly is learned."""
        pairs: dict[frozenset[str], tuple[str, str]] = {}
        for name in self.entities:
            for other in self.siblings(name):
                pairs.setdefault(frozenset((name, other)), (name, other))
        return tuple(pairs.values())

    @cached_property
    def roles(self) -> dict[str, Role]:
        """The printed names of each entity."""
        return {name: self._role(name, entity) for name, entity in self.entities.items()}

    def check(self, entities: Iterable[str]) -> None:
        """Check that entities are known.

        Raises:
            InputError: If one is not; names it and those that are.
        """
        for entity in entities:
            if entity not in self.entities:
                raise InputError(f"unknown entity {entity!r}; allowed: {', '.join(self.entities)}")

    def siblings(self, entity: str) -> tuple[str, ...]:
        """Return the entities that are decided together with one."""
        named_by = (name for name, other in self.entities.items() if entity in other.apart_from)
        return tuple(dict.fromkeys((*self.entities[entity].apart_from, *named_by)))

    def is_plausible(self, value: float, unit: str, entity: str) -> bool:
        """Return whether a product may have this amount."""
        limits = self.entities[entity].limits
        return limits is None or limits[0] <= to_base(value, unit) <= limits[1]

    def printed_name(self, kind: str, text: str, after: str = "") -> str:
        """Return the entity of a kind whose declared name a text ends with or contains, or else the text after it.

        Args:
            kind: The kind of the quantity that the text may name.
            text: The text before the quantity, above it, or in the cell beside it.
            after: The text right behind it: "5000 mAh capacity".
        """
        found = [
            (match.end(), match.end() - match.start(), name)
            for name in self.declared
            if self.entities[name].kind == kind
            for match in self._patterns[name].finditer(text)
        ]
        if found:
            return max(found)[2]
        behind = ((match.end(), name) for name in self.declared if self.entities[name].kind == kind
                  if (match := self._patterns_behind[name].match(after)))  # fmt: skip
        return max(behind, default=(0, ""))[1]

    def names_anything(self, text: str) -> bool:
        """Return whether a text has a declared name."""
        return any(self._patterns[name].search(text) for name in self.declared)

    def problem(self) -> str:
        """Return what is wrong with the declarations, with the key; empty if nothing is."""
        return next(self._problems(), "")

    def _problems(self) -> Iterator[str]:
        if not self.entities:
            yield "domain.entities: none declared"
        for kind in self.also_read:
            if kind not in KINDS:
                yield f"domain.also_read: no kind {kind!r}; allowed: {', '.join(KINDS)}"
        for name, entity in self.entities.items():
            for problem in (*_own_problems(name, entity), *self._problems_with_others(name, entity)):
                yield f"domain.entities.{name}{problem}"

    def _problems_with_others(self, name: str, entity: Entity) -> Iterator[str]:
        known = (*KNOWN_NAMES, *self.entities)
        for key in ("known_as", "only_if_alone", "never"):
            for each in getattr(entity, key):
                if each not in known:
                    yield f".{key}: no name {each!r}; allowed: {', '.join(known)}"
        for each in entity.apart_from:
            if each == name or each not in self.entities or self.entities[each].kind != entity.kind:
                yield f".apart_from: {each!r} is no other entity of {entity.kind}"
        if len(self.siblings(name)) >= _MOST_TOGETHER:
            yield f".apart_from: at most {_MOST_TOGETHER} entities are decided together"

    def _role(self, name: str, entity: Entity) -> Role:
        printed = set(self.printed_names)  # another entity may declare no names
        own = {*entity.known_as, name} & printed
        of_others = {each for each in self.declared if self.entities[each].kind == entity.kind} - own
        weak = frozenset(entity.only_if_alone) & printed
        return Role(frozenset(own), weak, (frozenset(entity.never) | of_others) - weak)

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {name: _pattern(self.entities[name].names) for name in self.declared}

    @cached_property
    def _patterns_behind(self) -> dict[str, re.Pattern[str]]:
        # "5000 mAh battery capacity", "12 V, input": at once, after a comma, or in brackets.
        starts = r"[\s,(]{0,3}(?:of |de |di )?"
        return {name: re.compile(f"{starts}(?:{each.pattern})", re.IGNORECASE) for name, each in self._patterns.items()}


def _own_problems(name: str, entity: Entity) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        yield ": a name has lower-case letters, digits and underscores"
    if entity.kind not in KINDS:
        yield f".kind: no kind {entity.kind!r}; allowed: {', '.join(KINDS)}"
        return
    typical = entity.typical
    allowed = [unit for unit, each in UNITS.items() if each.kind == entity.kind]
    for key, units in (("units", entity.units), ("typical.units", typical.units if typical else ())):
        for unit in units:
            if unit not in allowed:
                yield f".{key}: {unit!r} is no unit of {entity.kind}; allowed: {', '.join(allowed)}"
    if typical and not (typical.units and typical.low < typical.high):
        yield ".typical: needs units, and low below high"
    if entity.limits and not entity.limits[0] < entity.limits[1]:
        yield ".limits: the first must be below the second"


def _pattern(names: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Return a pattern of whole words; between ideographs there are no blanks, so those count anywhere."""
    phrases = sorted({phrase for each in names.values() for phrase in each}, key=lambda each: (-len(each), each))
    return re.compile("|".join(map(_phrase, phrases)), re.IGNORECASE)


def _phrase(phrase: str) -> str:
    # OCR loses and doubles blanks.
    words = r"\s{0,2}".join(map(re.escape, phrase.split()))
    spaced = not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", phrase)
    return rf"(?<![^\W\d_]){words}(?![^\W\d_])" if spaced else words
