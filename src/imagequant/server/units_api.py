"""``/v1/entities`` and ``/v1/convert``: what can be asked for, and exact conversion."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from imagequant.quantity.convert import in_unit
from imagequant.quantity.domain import Domain, Entity
from imagequant.quantity.units import UNITS
from imagequant.server.schemas import Unit, declared, problem


class EntityModel(BaseModel):
    """What can be asked for, and the units it is measured in, smallest first."""

    entity: str
    kind: str = Field(description="What it measures")
    units: list[Unit]


class Conversion(BaseModel):
    """An amount and the unit to convert it to."""

    model_config = ConfigDict(extra="forbid")

    value: float = Field(ge=-1e15, le=1e15, description="Read as the decimal number it prints as")
    unit: Unit
    to: Unit = Field(description="A unit of the same kind of quantity")


class AmountModel(BaseModel):
    """An amount."""

    text: str = Field(description="Number and unit")
    value: float
    unit: Unit


def entity_models(domain: Domain) -> list[EntityModel]:
    """Return all entities with their units."""
    return [
        EntityModel(entity=name, kind=entity.kind, units=[Unit(unit) for unit in by_size(entity)])
        for name, entity in domain.entities.items()
    ]


def by_size(entity: Entity) -> list[str]:
    """Return the units of an entity, smallest first."""
    return sorted(entity.allowed_units, key=lambda unit: UNITS[unit].size)


def units_routes(domain: Domain) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["units"])

    @router.get("/v1/entities", responses=declared(), summary="List entities and their units")
    def entities() -> list[EntityModel]:
        """Return all entities with their units."""
        return entity_models(domain)

    @router.get("/v1/convert", responses=declared(422), summary="Convert an amount exactly")
    def convert(asked: Annotated[Conversion, Query()]) -> AmountModel:
        """Convert exactly, by the units' legal definitions: 1 pound is 453.59237 gram."""
        unit, to = str(asked.unit), str(asked.to)
        if UNITS[unit].kind != UNITS[to].kind:
            raise problem(422, f"to: {to} is a unit of {UNITS[to].kind}, {unit} of {UNITS[unit].kind}")
        return AmountModel.model_validate(in_unit(asked.value, unit, to))

    return router
