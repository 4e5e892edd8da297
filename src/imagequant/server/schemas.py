"""What the API takes and gives, as OpenAPI shows it."""

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
    """Another quantity that the photo gives."""

    text: str = Field(description="Number and unit")
    value: float
    unit: str
    confidence: float = Field(ge=0, le=1)


class PredictionModel(BaseModel):
    """The answer to one question."""

    entity: str
    text: str = Field(description="Number and unit, such as `500 gram`; empty where there is no answer")
    value: float | None
    unit: str | None
    confidence: float = Field(ge=0, le=1, description="Calibrated chance that the likeliest quantity is right")
    reason: str = Field(description="Why there is no answer; empty where there is one")
    words: str = Field(description="The text it was read from")
    box: Box | None = Field(description="Where that stands on the photo")
    alternatives: list[AlternativeModel]


class PhotoModel(BaseModel):
    """All answers about one photo."""

    photo: str = Field(description="The file's name as it was sent")
    width: int = Field(description="Pixels of the upright photo")
    height: int
    predictions: list[PredictionModel] = Field(description="One an entity, in the order asked")


class BatchEntry(BaseModel):
    """One photo of a batch: its answers, or why there are none."""

    answer: PhotoModel | None
    problem: Problem | None


class BatchModel(BaseModel):
    """One entry a photo, in the order sent."""

    photos: list[BatchEntry]


class Health(BaseModel):
    """Whether photos are being read."""

    status: Literal["ok"]
    waiting: int
    running: int


def prediction_model(prediction: Prediction) -> PredictionModel:
    """A prediction as the API gives it."""
    return PredictionModel(**prediction.to_dict())
