"""The API's errors: JSON objects with messages that say what is allowed."""

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
    503: ("busy", "The queue is full; `Retry-After` says when to try again"),
    504: ("too_slow", "No answer within the time limit"),
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}}


class Problem(BaseModel):
    """What went wrong.

    Attributes:
        status: The HTTP status.
        code: The kind of problem, for programs.
        message: One line for people, including what is allowed.
    """

    status: int = Field(examples=[422])
    code: str = Field(examples=["invalid"])
    message: str = Field(examples=["photo: not an image"])

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
    app.add_exception_handler(AnyHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnyHTTPException)  # for the type checker
    return problem_response(error.status_code, str(error.detail), error.headers)


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # for the type checker
    # Without the value, which may be a photo.
    lines = [f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}" for each in error.errors()]
    return problem_response(422, "; ".join(lines[:5]))
