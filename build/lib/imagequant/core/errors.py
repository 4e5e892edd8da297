"""Errors a person can act on."""

from pathlib import Path


class InputError(Exception):
    """Wrong input, parameters or environment; the message is one line that says what is wrong and what is allowed."""


def about(path: Path, error: OSError) -> OSError:
    """Returns the error with the full path of the file; for a full disk the system gives none."""
    return OSError(error.errno, error.strerror or str(error), str(path))
