"""Options shared by several commands."""

from __future__ import annotations

from pathlib import Path

import click


def _location(text: str) -> Path:
    from imagequant.core.locations import location  # noqa: PLC0415

    return location(text)


PARAMS_OPTION = click.option(
    "--params", type=click.Path(path_type=Path), default=Path("params.yaml"), show_default=True, help="Params file."
)
ROOT_OPTION = click.option(
    "--root",
    type=_location,
    default=".",
    metavar="FOLDER",
    show_default=True,
    help="Project folder; a path, or a URL such as s3://bucket/project.",
)
MODEL_OPTION = click.option(
    "--model", type=click.Path(path_type=Path), default=Path("models/export"), show_default=True, help="Exported model."
)
