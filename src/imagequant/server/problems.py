"""Errors as the API gives them: one JSON object, and what is allowed in its message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as AnyHTTPException

# Codes for programs, and descriptions for OpenAPI.
KINDS = {
    400: ("malformed", "The body is not what its content type says"),
    401: ("unauthorized", "The token is missing or wrong"),
    403: ("forbidden", "Asked by a page of another site"),
    404: ("not_found", "No such thing"),
    405: ("method_not_allowed", "Not with this method"),
    408: ("body_too_slow", "The body did not arrive in time"),
    409: ("conflict", "Somebody else was faster"),
    413: ("too_large", "Too many bytes, pixels or photos; the message says how many are allowed"),
    421: ("wrong_host", "Asked under a name that is not this server's"),
    422: ("invalid", "A value is missing or wrong, or a photo cannot be read; the message says what is allowed"),
    500: ("internal", "An error of the server"),
    503: ("busy", "The queue is full; `Retry-After` says when to try again"),
    504: ("too_slow", "No answer within the time limit"),
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}}


class Problem(BaseModel):
    """What went wrong.

    Attributes:
        status: The HTTP status.
        code: The kind of problem, for programs.
        message: In one line, for people: what, and what is allowed.
    """

    status: int = Field(examples=[422])
    code: str = Field(examples=["invalid"])
    message: str = Field(examples=["photo: not an image"])

    @classmethod
    def from_status(cls, status: int, message: str) -> Problem:
        """Adds the status's code."""
        return cls(status=status, code=KINDS.get(status, ("error", ""))[0], message=message)


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> HTTPException:
    """An exception that is answered as a ``Problem``."""
    return HTTPException(status, message, dict(headers or {}))


def problem_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A ``Problem`` as a response."""
    return JSONResponse(Problem.from_status(status, message).model_dump(), status, dict(headers or {}))


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these statuses; those that any request may get are added."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({401, 403, 421, *statuses}):
        found[status] = {"model": Problem, "description": KINDS[status][1]}
        if status == 503:
            found[status]["headers"] = _RETRY_AFTER
    return found


def install_handlers(app: FastAPI) -> None:
    """Makes the app answer every error as a ``Problem``."""
    app.add_exception_handler(AnyHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnyHTTPException)  # what it is installed for
    return problem_response(error.status_code, str(error.detail), error.headers)


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # what it is installed for
    # Where and why, never the value: it may be a photo.
    lines = [f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}" for each in error.errors()]
    return problem_response(422, "; ".join(lines[:5]))
