"""The API's types, shown in OpenAPI."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

from imagequant.core.records import Box
from imagequant.predictor.results import Prediction
from imagequant.quantity.units import ENTITIES
from imagequant.server.problems import Problem

Entity = StrEnum("Entity", {name: name for name in ENTITIES})  # type: ignore[misc]  # its members are the domain's


class AlternativeModel(BaseModel):
    """Another quantity on the photo."""

    text: str = Field(description="Number and unit")
    value: float
    unit: str
    confidence: float = Field(ge=0, le=1)


class PredictionModel(BaseModel):
    """The answer to one question."""

    entity: str
    text: str = Field(description="Number and unit, such as `500 gram`; empty if there is no answer")
    value: float | None
    unit: str | None
    confidence: float = Field(ge=0, le=1, description="Calibrated probability that the likeliest quantity is right")
    reason: str = Field(description="Why there is no answer; empty if there is one")
    words: str = Field(description="The text it was read from")
    box: Box | None = Field(description="Position of that text on the photo")
    alternatives: list[AlternativeModel]


class PhotoModel(BaseModel):
    """All answers about one photo."""

    photo: str = Field(description="File name, as sent")
    width: int = Field(description="Width of the upright photo in pixels")
    height: int
    predictions: list[PredictionModel] = Field(description="One per entity, in the order of the request")


class BatchEntry(BaseModel):
    """One photo of a batch: its answers or a problem."""

    answer: PhotoModel | None
    problem: Problem | None


class BatchModel(BaseModel):
    """One entry per photo, in the order of the request."""

    photos: list[BatchEntry]


class Health(BaseModel):
    """Number of photos waiting and being read."""

    status: Literal["ok"]
    waiting: int
    running: int


def prediction_model(prediction: Prediction) -> PredictionModel:
    """Convert a prediction to the API's type."""
    return PredictionModel(**prediction.to_dict())
