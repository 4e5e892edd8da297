"""The command line: one command a stage, then those for people. Heavy modules load only when used."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from imagequant.errors import InputError
from imagequant.quantity.units import ENTITIES, UNITS

# In the order of the pipeline. Each is a package under ``stages`` with a module ``run``.
STAGES = {
    "catalogue": "Generate the built-in demo set of product photos.",
    "sources": "Check the raw files named in section data and link them into one place.",
    "explore": "Describe the raw rows: distributions and anomalies.",
    "download": "Fetch the photos into shards.",
    "preprocess": "Decode and resize the photos for the CNN.",
    "labels": "Normalise the labels and split the rows.",
    "cnn": "Extract ResNet-50 features.",
    "ocr": "Read the words on the photos.",
    "candidates": "Find every quantity among the words.",
    "train": "Train the hybrid network.",
    "evaluate": "Measure the model on the validation rows.",
    "export": "Write the network as TorchScript and ONNX.",
    "check": "Check every table against what is declared of it.",
}


# What shells give for a program that Ctrl-C stopped.
_INTERRUPTED = 130


class _OneLineErrors(click.Group):
    """Turns what a person can act on into one line and exit status 1, and ends quietly where somebody stops it."""

    def invoke(self, ctx: click.Context) -> object:
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


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imagequant")
def main() -> None:
    """Reads quantities (weight, volume, voltage, dimensions) off product photos.

    Commands from `catalogue` to `export` are the stages of the pipeline: `dvc repro` runs them, in a project folder.
    """


def run_stage(name: str, params: Path, root: Path) -> None:
    """Runs one stage.

    Args:
        name: A package under ``imagequant.stages``.
        params: The params file.
        root: The project folder, where ``data/``, ``models/`` and ``metrics/`` lie.
    """
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.params import load_params  # noqa: PLC0415

    loaded = load_params(params)
    importlib.import_module(f"imagequant.stages.{name}.run").run(loaded, Layout(root))


def _location(text: str) -> Path:
    from imagequant.storage.locations import location  # noqa: PLC0415

    return location(text)


_PARAMS_OPTION = click.option(
    "--params", type=click.Path(path_type=Path), default=Path("params.yaml"), show_default=True, help="Params file."
)
_ROOT_OPTION = click.option(
    "--root",
    type=_location,
    default=".",
    metavar="FOLDER",
    show_default=True,
    help="Project folder; a path, or a URL such as s3://bucket/project.",
)


def _add_stage(name: str, text: str) -> None:
    @main.command(name, help=text)
    @_PARAMS_OPTION
    @_ROOT_OPTION
    def stage(params: Path, root: Path) -> None:
        run_stage(name, params, root)


for _name, _text in STAGES.items():
    _add_stage(_name, _text)


class _Units(click.Choice[str]):
    """The contest's units; ``cubic_inch`` may be written for ``cubic inch``, and is what a shell completes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value.replace("_", " "), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found = super().shell_complete(ctx, param, incomplete.replace("_", " "))
        return [CompletionItem(item.value.replace(" ", "_")) for item in found]


@main.command()
@click.argument("photos", nargs=-1, type=click.Path(allow_dash=True))
@click.option(
    "-e",
    "--entity",
    "entities",
    multiple=True,
    type=click.Choice(ENTITIES),
    metavar="ENTITY",
    help=f"What to ask for; may be repeated. Default: everything. One of {', '.join(ENTITIES)}.",
)
@click.option(
    "--to-unit",
    "units",
    multiple=True,
    type=_Units(tuple(UNITS)),
    metavar="UNIT",
    help="Give answers in this unit (gram, fluid_ounce, ...), converted exactly; may be repeated, one a dimension.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a photo.")
@click.option(
    "--csv",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Write answers to a CSV file, a row an answer; - prints it.",
)
@click.option("--parquet", type=click.Path(dir_okay=False), metavar="FILE", help="Write answers to a parquet file.")
@click.option(
    "--draw",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write each photo with what was chosen, the runners-up and all words marked, as PNG.",
)
@click.option(
    "--model", type=click.Path(path_type=Path), default=Path("models/export"), show_default=True, help="Exported model."
)
@_PARAMS_OPTION
@_ROOT_OPTION
@click.pass_context
def predict(
    ctx: click.Context,
    photos: tuple[str, ...],
    entities: tuple[str, ...],
    units: tuple[str, ...],
    as_json: bool,
    csv: str | None,
    parquet: str | None,
    draw: Path | None,
    model: Path,
    params: Path,
    root: Path,
) -> None:
    """Answer questions about PHOTOS, or, without any, the test rows: that is the stage.

    PHOTOS are image files, folders (searched whole), URLs, - for standard input, or CSV and parquet files with columns
    image_link and entity_name (group_id, index): each row asks for its entity about its photo, links are URLs or paths
    relative to the file.

    A terminal gets a table; other programs get a line an answer: photo, entity, answer, confidence, and the words it
    was read from or why there is none, parted by tabs.

    \b
    Exit status:
      0  every photo was read, whether or not it has the answer
      1  some could not be: named on standard error, the others are answered
      2  nothing was answered: a wrong option, no model, an unusable file of questions
    """  # noqa: D301  (what keeps click from filling the lines below it)
    if not photos:
        given = [
            name
            for name in ("entities", "units", "as_json", "csv", "parquet", "draw", "model")
            if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        ]
        if given:
            raise click.UsageError("Missing argument 'PHOTOS...': these options are about photos.", ctx)
        run_stage("predict", params, root)
        return
    from imagequant.serving.command import Request, predict_photos  # noqa: PLC0415

    request = Request(photos, model, entities, units, as_json, csv or "", parquet or "", draw)
    try:
        everything_read = predict_photos(request)
    except InputError as error:
        click.echo(f"imagequant: {error}", err=True)
        sys.exit(2)
    if not everything_read:
        sys.exit(1)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0: a free one.")
@click.option(
    "--model", type=click.Path(path_type=Path), default=Path("models/export"), show_default=True, help="Exported model."
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="File with the token that requests must carry. Default: what IMAGEQUANT_TOKEN holds, if it is set.",
)
@click.option("--queue", type=click.IntRange(min=1), default=16, show_default=True, help="Photos that may wait.")
@click.option("--max-bytes", type=click.IntRange(min=1), default=20_000_000, show_default=True, help="Of a photo.")
@click.option("--max-pixels", type=click.IntRange(min=1), default=50_000_000, show_default=True, help="Of a photo.")
@click.option("--max-files", type=click.IntRange(min=1), default=8, show_default=True, help="Photos in a batch.")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True, help="Seconds a request may take."
)
@click.option(
    "--review", is_flag=True, help="Also serve /review: rows to look at; decisions go to data/corrections.csv."
)
@_ROOT_OPTION
def serve(
    host: str,
    port: int,
    model: Path,
    token_file: Path | None,
    queue: int,
    max_bytes: int,
    max_pixels: int,
    max_files: int,
    timeout: float,
    review: bool,
    root: Path,
) -> None:
    """Serve a page and an API that answer questions about photos.

    The API is described at /openapi.json, its counters are at /metrics. Beyond the queue requests get 503 and when to
    try again.
    """
    from imagequant.serving.app.settings import Settings, read_token  # noqa: PLC0415

    settings = Settings(host, port, read_token(token_file), queue, max_bytes, max_pixels, max_files, timeout)
    try:
        from imagequant.serving.app.run import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "prometheus_client", "uvicorn"):
            raise
        raise InputError(f"serve: {error.name} is not installed; install the extra: imagequant[serve]") from None
    from imagequant.layout import Layout  # noqa: PLC0415

    run(settings, model, Layout(root) if review else None)


@main.group("label-studio")
def label_studio() -> None:
    """Review rows in Label Studio instead of `imagequant serve --review`."""


@label_studio.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--prefix",
    default="/data/local-files/?d=",
    show_default=True,
    help="What leads Label Studio to FOLDER: of a local storage, with its path in there, or a URL.",
)
@_ROOT_OPTION
def export_tasks(folder: Path, prefix: str, root: Path) -> None:
    """Write the undecided rows to FOLDER: tasks.json, config.xml for the project's settings, images/."""
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.serving.review.desk import open_desk  # noqa: PLC0415
    from imagequant.serving.review.label_studio import export_tasks as export  # noqa: PLC0415

    click.echo(f"label-studio: {export(open_desk(Layout(root)), folder, prefix)} tasks in {folder}", err=True)


@label_studio.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_ROOT_OPTION
def import_tasks(file: Path, root: Path) -> None:
    """Take the annotations of FILE (exported as JSON) into data/corrections.csv."""
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.serving.review.desk import open_desk  # noqa: PLC0415
    from imagequant.serving.review.label_studio import import_tasks as take_in  # noqa: PLC0415

    click.echo(f"label-studio: {take_in(open_desk(Layout(root)), file)} rows decided", err=True)


@main.command("bench-real")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Parts the photos go into.")
@click.option("--baselines/--no-baselines", default=True, show_default=True, help="Compare with simpler methods.")
@click.option("--ablations", is_flag=True, help="Compare with the model without each of its parts (long).")
@click.option("--variant", "variants", multiple=True, help="Only this ablation; may be repeated.")
@click.option("--patch", type=click.Path(path_type=Path), help="Also try these parameters (models/tune/best.yaml).")
@_PARAMS_OPTION
@_ROOT_OPTION
def bench_real(
    folder: Path,
    folds: int,
    baselines: bool,
    ablations: bool,
    variants: tuple[str, ...],
    patch: Path | None,
    params: Path,
    root: Path,
) -> None:
    """Cross-validate on the labelled photos in FOLDER: CSV files in the contest's columns, photos beside them.

    Each photo's questions are answered by a model that was not trained on it. What is computed on the way is kept in
    .cache/bench-real; the figures go to the terminal and to metrics/bench/real.json.
    """
    from imagequant.bench.run import run  # noqa: PLC0415
    from imagequant.experiments.patch import read_patch  # noqa: PLC0415
    from imagequant.experiments.presets import ABLATIONS, Preset, chosen_presets  # noqa: PLC0415
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.params import load_params  # noqa: PLC0415

    chosen = list(ABLATIONS) if ablations else chosen_presets(variants)
    if patch is not None:
        chosen.append(Preset("patched", read_patch(patch)))
    run(load_params(params), Layout(root), folder, folds, chosen, baselines)


@main.command()
@click.option("--trials", type=click.IntRange(min=1), default=40, show_default=True, help="How many in all.")
@click.option("--timeout", type=click.FloatRange(min=0), help="Seconds after which no more trials are begun.")
@_PARAMS_OPTION
@_ROOT_OPTION
def tune(trials: int, timeout: float | None, params: Path, root: Path) -> None:
    """Search for better values of section train, as section tune of the params file says.

    The same command goes on where an earlier one was stopped. The best values, what they gain, plots and every trial
    lie in models/tune.
    """
    try:
        from imagequant.tune.run import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "optuna":
            raise
        raise InputError("tune: Optuna is not installed; install the extra: imagequant[tune]") from None
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.params import load_params  # noqa: PLC0415

    run(load_params(params), Layout(root), trials, timeout)


@main.command()
@click.argument("presets", nargs=-1)
@_ROOT_OPTION
def ablate(presets: tuple[str, ...], root: Path) -> None:
    """Run PRESETS (default: all) as DVC experiments and compare them.

    Each is the model without one of its parts (no_cnn, no_lstm, no_geometry, no_augment, tesseract_only,
    rapidocr_only, ...), an experiment of that name in `dvc exp show`. The table has the differences with their 95%
    intervals. The workspace is left as it is.
    """
    from imagequant.experiments.ablate import run  # noqa: PLC0415

    run(root, presets)


@main.command()
@_PARAMS_OPTION
@_ROOT_OPTION
def versions(params: Path, root: Path) -> None:
    """Write which versions of OCR programs, models and packages are installed, for DVC to see that they changed."""
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.params import load_params  # noqa: PLC0415
    from imagequant.versions import installed, record  # noqa: PLC0415

    for line in record(Layout(root), installed(load_params(params).ocr)):
        click.echo(line, err=True)


@main.command()
@click.option("--against", required=True, metavar="REVISION", help="A branch, tag or commit; main or origin's main.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("report"),
    show_default=True,
    help="Folder for report.md, comment.md and pictures.",
)
@click.option("--flips", type=click.IntRange(min=0), default=12, show_default=True, help="Rows to show each way.")
@click.option(
    "--times", type=click.Path(path_type=Path), help="Seconds a stage, from `python -m imagequant.report.times`."
)
@click.option("--pull", is_flag=True, help="Fetch shards from DVC's remote for the photos of those rows.")
@_PARAMS_OPTION
@_ROOT_OPTION
def report(against: str, output: Path, flips: int, times: Path | None, pull: bool, params: Path, root: Path) -> None:
    """Write what the working tree changes against another revision, as Markdown.

    Metrics, parameters, plots side by side, the rows that went from right to wrong and back with their photos, whether
    the change is more than noise, and the run time a stage. Of the other revision only what git keeps is read.
    """
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.params import load_params  # noqa: PLC0415
    from imagequant.report.run import run  # noqa: PLC0415

    run(load_params(params), Layout(root), against, output, flips, times, pull=pull)


@main.command()
@_ROOT_OPTION
def summary(root: Path) -> None:
    """Show the figures of the last evaluation."""
    from imagequant.layout import Layout  # noqa: PLC0415
    from imagequant.serving.summary import print_summary  # noqa: PLC0415

    print_summary(Layout(root))
