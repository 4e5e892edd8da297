"""Errors a person can act on."""

from __future__ import annotations

from pathlib import Path


class InputError(Exception):
    """Input, parameters or environment are wrong; the message is one line that says what and what is allowed."""


def about(path: Path, error: OSError) -> OSError:
    """The same error with the whole path of what it is about: of a full disk the system says none."""
    return OSError(error.errno, error.strerror or str(error), str(path))
