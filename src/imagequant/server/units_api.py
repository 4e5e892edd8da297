"""``/v1/entities`` and ``/v1/convert``: what can be asked for, and exact conversion."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from imagequant.quantity.convert import in_unit
from imagequant.quantity.units import ENTITIES, ENTITY_DIMENSION, ENTITY_UNITS, UNITS
from imagequant.server.schemas import Entity, Unit, declared, problem


class EntityModel(BaseModel):
    """What can be asked for, and the units it is measured in, smallest first."""

    entity: Entity
    dimension: str
    units: list[Unit]


class Conversion(BaseModel):
    """An amount and the unit to convert it to."""

    model_config = ConfigDict(extra="forbid")

    value: float = Field(gt=0, le=1e15, description="Read as the decimal number it prints as")
    unit: Unit
    to: Unit = Field(description="A unit of the same dimension")


class AmountModel(BaseModel):
    """An amount."""

    text: str = Field(description="Number and unit")
    value: float
    unit: Unit


def entities() -> list[EntityModel]:
    """Return all entities with their units."""
    return [
        EntityModel(
            entity=Entity(name),
            dimension=ENTITY_DIMENSION[name],
            units=[Unit(unit) for unit in sorted(ENTITY_UNITS[name], key=lambda unit: UNITS[unit].size)],
        )
        for name in ENTITIES
    ]


def units_routes() -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["units"])
    router.add_api_route("/v1/entities", entities, responses=declared(), summary="List entities and their units")

    @router.get("/v1/convert", responses=declared(422), summary="Convert an amount exactly")
    def convert(asked: Annotated[Conversion, Query()]) -> AmountModel:
        """Convert exactly, by the units' legal definitions: 1 pound is 453.59237 gram."""
        unit, to = str(asked.unit), str(asked.to)
        if UNITS[unit].dimension != UNITS[to].dimension:
            raise problem(422, f"to: {to} is a unit of {UNITS[to].dimension}, {unit} of {UNITS[unit].dimension}")
        return AmountModel.model_validate(in_unit(asked.value, unit, to))

    return router
