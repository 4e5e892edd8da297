"""Error handling of commands."""

from __future__ import annotations

import sys

import click

from imagequant.core.errors import InputError

# The shell convention for programs stopped by Ctrl-C.
_INTERRUPTED = 130


class OneLineErrors(click.Group):
    """Reports errors that users can fix in one line with exit status 1; Ctrl-C exits without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
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
