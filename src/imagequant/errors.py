"""The error a person can act on."""


class InputError(Exception):
    """Input, parameters or environment are wrong; the message is one line that says what and what is allowed."""
