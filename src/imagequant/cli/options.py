"""What commands share: options, and how errors are shown."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from imagequant.core.errors import InputError

PARAMS_OPTION = click.option(
    "--params", type=click.Path(path_type=Path), default=Path("params.yaml"), show_default=True, help="Params file."
)
MODEL_OPTION = click.option(
    "--model", type=click.Path(path_type=Path), default=Path("models/export"), show_default=True, help="Exported model."
)
# The shell convention for programs stopped by Ctrl-C.
_INTERRUPTED = 130


def _location(text: str) -> Path:
    from imagequant.core.locations import location  # noqa: PLC0415

    return location(text)


ROOT_OPTION = click.option(
    "--root",
    type=_location,
    default=".",
    metavar="FOLDER",
    show_default=True,
    help="Project folder; a path, or a URL such as s3://bucket/project.",
)


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
