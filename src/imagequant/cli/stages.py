"""One command per stage; the options that commands share, and how errors are shown."""

import importlib
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagequant.core.errors import InputError, Notice
from imagequant.storage.layout import Layout

if TYPE_CHECKING:
    from imagequant.params import Params

PATH = click.Path(path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
PARAMS_OPTION = click.option("--params", type=PATH, default="params.yaml", show_default=True, help="Params file.")
MODEL_OPTION = click.option(
    "--model",
    type=PATH,
    metavar="FOLDER",
    help="Exported model. Default: models/export if there is one, else the built-in model.",
)
# The shell convention for programs stopped by Ctrl-C.
_INTERRUPTED = 130
# The packages under ``imagequant.stages``, in the order of the pipeline.
STAGES = {
    "versions": "Record the installed versions that results depend on.",
    "synthetic": "Generate product photos with known labels.",
    "sources": "Check the raw files named in section sources and link them into one place.",
    "explore": "Describe the raw rows: distributions and anomalies.",
    "download": "Fetch the photos into shards.",
    "preprocess": "Decode and resize the photos for the CNN.",
    "labels": "Normalise the labels and split the rows.",
    "cnn": "Extract CNN features.",
    "ocr": "Read the words on the photos.",
    "candidates": "Find all quantities in the words.",
    "train": "Train the ranker.",
    "evaluate": "Measure the model on the validation rows.",
    "export": "Export the network to TorchScript and ONNX.",
    "readings": "Measure ranges, multipacks and several products per photo.",
    "check": "Check every table against its declaration.",
}


def as_location(text: str) -> Path:
    """Convert an option to a path, or to the path of a URL."""
    from imagequant.core.locations import location  # noqa: PLC0415

    return location(text)


_ROOT = "Project folder; a path, or a URL such as s3://bucket/project."
ROOT_OPTION = click.option("--root", type=as_location, default=".", metavar="FOLDER", show_default=True, help=_ROOT)


class OneLineErrors(click.Group):
    """Reports notices, and errors that users can fix, in one line each; Ctrl-C exits without a traceback.

    The exit status is 1 after an error.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _notice_or(warnings.showwarning)
                return super().invoke(ctx)
        except InputError as error:
            click.echo(f"imagequant: {error}", err=True)
            sys.exit(1)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] == "imagequant":
                raise
            # What answers photos has all it needs; the rest is the pipeline.
            needed = "the pipeline needs the extra imagequant-reader[train]"
            click.echo(f"imagequant: {error.name} is not installed; {needed}", err=True)
            sys.exit(1)
        except OSError as error:
            if error.filename is None or isinstance(error, BrokenPipeError):
                raise
            click.echo(f"imagequant: {error.filename}: {error.strerror}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)


def _notice_or(show: Callable[..., None]) -> Callable[..., None]:
    """Return what shows a ``Notice`` in one line, and other warnings as before."""

    def shown(message: Warning | str, category: type[Warning], *place: Any, **options: Any) -> None:
        if issubclass(category, Notice):
            click.echo(f"imagequant: {message}", err=True)
        else:
            show(message, category, *place, **options)

    return shown


def run_stage(name: str, params: Path, root: Path) -> None:
    """Run a stage with a params file in a project folder."""
    loaded = load_and_limit(params)
    importlib.import_module(f"imagequant.stages.{name}.run").run(loaded, Layout(root))


def load_and_limit(path: Path) -> "Params":
    """Load a params file and limit libraries to its arithmetic, before they are imported."""
    from imagequant.core import arithmetic  # noqa: PLC0415
    from imagequant.params import load_params  # noqa: PLC0415

    params = load_params(path)
    arithmetic.use(params.versions.arithmetic)
    return params


def stage_command(name: str) -> click.Command:
    """Return the command that runs a stage."""

    @click.command(name, help=STAGES[name])
    @PARAMS_OPTION
    @ROOT_OPTION
    def stage(params: Path, root: Path) -> None:
        run_stage(name, params, root)

    return stage
