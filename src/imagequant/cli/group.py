"""How commands end where something goes wrong."""

from __future__ import annotations

import sys

import click

from imagequant.core.errors import InputError

# What shells give for a program that Ctrl-C stopped.
_INTERRUPTED = 130


class OneLineErrors(click.Group):
    """Turns what a person can act on into one line and exit status 1, and ends quietly where somebody stops it."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs a command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(f"imagequant: {error}", err=True)
            sys.exit(1)
        except OSError as error:
            if error.filename is None or isinstance(error, BrokenPipeError):
                raise
            click.echo(f"imagequant: {error.filename}: {error.strerror}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)
