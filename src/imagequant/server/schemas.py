"""The API's types and errors, shown in OpenAPI. Errors are JSON objects whose messages say what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as AnyHTTPException

from imagequant.core.records import Box
from imagequant.quantity.units import UNITS

# Codes for programs, and descriptions for OpenAPI.
KINDS = {
    400: ("malformed", "The body does not match its content type"),
    401: ("unauthorized", "The token is missing or wrong"),
    403: ("forbidden", "The request came from another site's page"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    408: ("body_too_slow", "The body did not arrive in time"),
    409: ("conflict", "Someone else was faster"),
    413: ("too_large", "Too many bytes, pixels or photos; the message says how many are allowed"),
    421: ("wrong_host", "The host name is not this server's"),
    422: ("invalid", "A value is missing or wrong, or a photo cannot be read; the message says what is allowed"),
    500: ("internal", "Internal error"),
    502: ("no_photo", "The server that the URL names gave no photo"),
    503: ("busy", "The queue is full; `Retry-After` says when to try again"),
    504: ("too_slow", "No answer within the time limit"),
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}}
# Its members are those of the table.
Unit = StrEnum("Unit", {name: name for name in UNITS})  # type: ignore[misc]
# In plain words, by pydantic's type of error.
_PLAIN = {
    "extra_forbidden": "unknown field",
    "missing": "missing",
    "json_invalid": "the body is not JSON",
    "model_attributes_type": "the body must be a JSON object",
}


class Problem(BaseModel):
    """What went wrong."""

    status: int = Field(examples=[422], description="HTTP status")
    code: str = Field(examples=["invalid"], description="Kind of problem, for programs")
    message: str = Field(examples=["photo: not an image"], description="One line for people: what is allowed")

    @classmethod
    def from_status(cls, status: int, message: str) -> Problem:
        """Adds the status's code."""
        return cls(status=status, code=KINDS.get(status, ("error", ""))[0], message=message)


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> HTTPException:
    """Return an exception that becomes a ``Problem`` response."""
    return HTTPException(status, message, dict(headers or {}))


def problem_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a ``Problem`` as a response."""
    return JSONResponse(Problem.from_status(status, message).model_dump(), status, dict(headers or {}))


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for these statuses and those of all requests."""
    return {
        status: {"model": Problem, "description": KINDS[status][1]}
        | ({"headers": _RETRY_AFTER} if status == 503 else {})
        for status in sorted({401, 403, 421, *statuses})
    }


def install_handlers(app: FastAPI) -> None:
    """Make the app report all errors as ``Problem``."""

    @app.exception_handler(AnyHTTPException)
    async def http(_request: Request, error: AnyHTTPException) -> JSONResponse:
        return problem_response(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(RequestValidationError)
    async def validation(_request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(422, "; ".join(_explained(each) for each in error.errors()[:5]))


def _explained(error: Mapping[str, Any]) -> str:
    """Return where the error is and what it is, without the value, which may be a photo."""
    kind = error["type"]
    where = () if kind == "json_invalid" else error["loc"][1:]
    return ": ".join([*filter(None, [".".join(map(str, where))]), _PLAIN.get(kind, error["msg"])])


class AlternativeModel(BaseModel):
    """Another quantity on the photo."""

    text: str = Field(description="Number and unit")
    value: float
    unit: str
    confidence: float = Field(ge=0, le=1)
    words: str = Field(description="The text it was read from")
    box: Box = Field(description="Position of that text on the photo")
    low: float | None = Field(description="Lower end of the printed range, else `value`")
    high: float | None = Field(description="Upper end of the printed range, else `value`")
    tolerance: float = Field(description="What is printed after ±, in the unit; else 0")
    bound: str = Field(description="`up to` or `at least` if it is printed as a limit; else empty")
    count: float = Field(description="Number of parts of a multipack such as 6 x 330 ml, else 1")
    part: float | None = Field(description="The amount of one part, else `value`")
    printed: str = Field(description="How it is printed, if there is more to it than `text`: `100 to 240 volt`")


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
    low: float | None = Field(description="Lower end of the printed range, else `value`")
    high: float | None = Field(description="Upper end of the printed range, else `value`")
    tolerance: float = Field(description="What is printed after ±, in the unit; else 0")
    bound: str = Field(description="`up to` or `at least` if it is printed as a limit; else empty")
    count: float = Field(description="Number of parts of a multipack such as 6 x 330 ml, else 1")
    part: float | None = Field(description="The amount of one part, else `value`")
    printed: str = Field(description="How it is printed, if there is more to it than `text`: `100 to 240 volt`")
    alternatives: list[AlternativeModel]


class ProductModel(BaseModel):
    """One of the products on a photo with its answers."""

    name: str = Field(description="Its heading, label or caption; empty if none is printed")
    box: Box = Field(description="Where it and its amounts are")
    predictions: list[PredictionModel] = Field(description="One per entity, in the order of the request")
    dimensions: str = Field(description="`W 60 x H 75 x D 40 centimetre`, as far as asked for and answered")


class ModelName(BaseModel):
    """Which model answered."""

    name: str
    version: str = Field(description="The release that exported it")
    sha256: str = Field(description="Of all that its answers depend on")


class PhotoModel(BaseModel):
    """All answers about one photo."""

    photo: str = Field(description="File name or URL, as sent")
    width: int = Field(description="Width of the upright photo in pixels")
    height: int
    warning: str = Field(description="What is missing, if the file could be decoded only in part")
    model: ModelName
    predictions: list[PredictionModel] = Field(description="One per entity, in the order of the request")
    dimensions: str = Field(description="`W 60 x H 75 x D 40 centimetre`, as far as asked for and answered")
    products: list[ProductModel] = Field(description="The products that the photo shows, if all were asked for")


class BatchEntry(BaseModel):
    """One photo of a batch: its answers or a problem."""

    photo: str = Field(description="The file's name as sent, or the URL")
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
