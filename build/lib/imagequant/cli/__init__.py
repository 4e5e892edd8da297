"""The command line. Heavy modules are imported on demand."""

import click

from imagequant.cli import photos, project
from imagequant.cli.stages import STAGES, OneLineErrors, stage_command
from imagequant.core.release import DISTRIBUTION


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=DISTRIBUTION)
def main() -> None:
    """Read quantities (weight, volume, voltage, dimensions) off product photos.

    The commands named like the stages of the pipeline run a single stage; `dvc repro` runs all of them.
    """


for _name in STAGES:
    main.add_command(stage_command(_name))
for _command in (
    photos.predict, photos.serve, photos.label_studio,
    project.cross_validate, project.tune, project.ablate, project.report, project.summary,
):  # fmt: skip
    main.add_command(_command)

__all__ = ["STAGES", "main"]
