"""Commands for photos: prediction, server, Label Studio."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from imagequant.cli.stages import FOLDER, MODEL_OPTION, PARAMS_OPTION, PATH, ROOT_OPTION, as_location, run_stage
from imagequant.core.errors import InputError
from imagequant.quantity.units import UNITS
from imagequant.storage.layout import Layout

if TYPE_CHECKING:
    from imagequant.server.review.desk import Desk

_COUNT = click.IntRange(min=1)
_TABLE = click.Path(dir_okay=False, allow_dash=True)


class _Units(click.Choice[str]):
    """The contest's units; shell completion offers ``cubic_inch`` for ``cubic inch``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value.replace("_", " "), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found = super().shell_complete(ctx, param, incomplete.replace("_", " "))
        return [CompletionItem(item.value.replace(" ", "_")) for item in found]


class _Entities(click.types.StringParamType):
    """The entities of the model, which is only opened to answer or to complete a name."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        from imagequant.predictor.default_model import offered_entities  # noqa: PLC0415

        return [CompletionItem(each) for each in offered_entities() if each.startswith(incomplete)]


@click.command()
@click.argument("photos", nargs=-1, type=click.Path(allow_dash=True))
@click.option(
    "-e",
    "--entity",
    "entities",
    multiple=True,
    type=_Entities(),
    metavar="ENTITY",
    help="Entity to ask for (item_weight, voltage, ...); may be repeated. Default: all that the model knows.",
)
@click.option(
    "--to-unit",
    "units",
    multiple=True,
    type=_Units(tuple(UNITS)),
    metavar="UNIT",
    help="Convert answers exactly to this unit (gram, fluid_ounce, ...); may be repeated, one per kind.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Withhold answers below this confidence. They keep their alternatives.",
)
@click.option(
    "--precision",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="Withhold answers below the confidence at which this share (0.8, 0.9, 0.95, 0.98 or 0.99) was right on rows"
    " held out of training.",
)
@click.option("--raw", is_flag=True, help="Ask nothing: print every quantity on the photos, one line each.")
@click.option("--dimensions", is_flag=True, help="Ask for width, height and depth: one line per photo.")
@click.option(
    "--products",
    type=click.Choice(("main", "all")),
    default="main",
    show_default=True,
    help="all: answer for each product that a photo shows (pairs, sets, size charts), not only for the main one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per photo.")
@click.option("--csv", type=_TABLE, metavar="FILE", help="Write a CSV file, one row per question; - prints it.")
@click.option("--parquet", type=_TABLE, metavar="FILE", help="Write a parquet file with one row per question.")
@click.option(
    "--draw",
    type=as_location,
    metavar="FOLDER",
    help="Write each photo as PNG, with answers, alternatives and words marked.",
)
@click.option("--resume", is_flag=True, help="Keep the rows that the file of --csv has, and answer the others.")
@click.option("--workers", type=_COUNT, metavar="N", help="Processes that answer. Default: the cores it may use.")
@click.option("-v", "--verbose", is_flag=True, help="Also print where on the photo answers are.")
@MODEL_OPTION
@PARAMS_OPTION
@ROOT_OPTION
@click.pass_context
def predict(ctx: click.Context, /, photos: tuple[str, ...], params: Path, root: Path, **options: Any) -> None:
    """Answer questions about PHOTOS. Without PHOTOS, run the stage, which answers the test rows.

    PHOTOS are image files, folders (with subfolders), URLs, - for standard input, or CSV and parquet tables with one
    question per row. Tables have the columns image_link and entity_name; group_id and index are optional, and others
    are copied to the files of answers. Links are URLs or paths relative to the table, and stay in its folder. Inputs
    and outputs may be in object stores (s3://bucket/rows.csv).

    On a terminal it prints a table. When piped, it prints one tab-separated line per question: photo, entity, answer,
    confidence, and the text it was read from or the reason why there is no answer.

    Every row of a table is in the output, in the same order, with column error if it could not be answered. Answers
    are written as they come. After the command was stopped, --resume continues a file of --csv; without it, the file is
    replaced.

    With PHOTOS, a file of --params that is named decides with predict.threshold or predict.precision which answers are
    withheld, and with section download what the links of tables may reach.

    \b
    Exit status:
      0  every photo was read, whether or not it has an answer
      1  some photos could not be read, or files in a folder were skipped;
         standard error names them
      2  nothing was answered: a wrong option, no model, or an unusable table
    """  # noqa: D301  (\\b keeps click from rewrapping the lines below it)
    if not photos:
        if any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in options):
            raise click.UsageError("Missing argument 'PHOTOS...': these options need photos.", ctx)
        run_stage("predict", params, root)
        return
    from imagequant.cli.predict.command import Request, predict_photos  # noqa: PLC0415

    is_named = ctx.get_parameter_source("params") is ParameterSource.COMMANDLINE
    request = Request(photos, params=params if is_named else None, root=root, **options)
    try:
        everything_read = predict_photos(request)
    except InputError as error:
        click.echo(f"imagequant: {error}", err=True)
        sys.exit(2)
    if not everything_read:
        sys.exit(1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0: all.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0: a free one.")
@MODEL_OPTION
@click.option(
    "--token-file",
    type=PATH,
    help="File with the token required of requests. Default: the variable IMAGEQUANT_TOKEN, if it is set.",
)
@click.option("--workers", type=_COUNT, default=1, show_default=True, help="Photos read at once; each takes memory.")
@click.option("--queue", type=_COUNT, default=16, show_default=True, help="Number of photos that may wait.")
@click.option("--max-bytes", type=_COUNT, default=20_000_000, show_default=True, help="Limit per photo.")
@click.option("--max-pixels", type=_COUNT, default=50_000_000, show_default=True, help="Limit per photo.")
@click.option("--max-files", type=_COUNT, default=8, show_default=True, help="Photos per batch.")
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Limit per request in seconds."
)
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="Also fetch photos from this host: a name, an address or a network. Default: public hosts only.",
)
@click.option(
    "--name", "names", multiple=True, metavar="HOST", help="Host name under which a proxy serves this server."
)
@click.option("--review", is_flag=True, help="Also serve /review, where people correct labels in data/corrections.csv.")
@ROOT_OPTION
def serve(model: Path | None, token_file: Path | None, review: bool, root: Path, **settings: Any) -> None:
    """Serve a page and an API that answer questions about photos.

    /api describes the API, and /metrics serves its counters. If the queue is full, requests get 503 with
    Retry-After.
    """
    from imagequant.server.settings import Settings, read_token  # noqa: PLC0415

    checked = Settings(token=read_token(token_file), **settings)
    try:
        from imagequant.server.factory import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "prometheus_client", "uvicorn"):
            raise
        raise InputError(f"serve: {error.name} is not installed; install the extra: imagequant-reader[serve]") from None

    run(checked, model, _desk(root) if review else None)


def _desk(root: Path) -> "Desk":
    """Open the review of a project."""
    from imagequant.params import load_params  # noqa: PLC0415
    from imagequant.server.review.desk import Desk  # noqa: PLC0415

    return Desk(Layout(root), load_params(root / "params.yaml").domain)


@click.group("label-studio")
def label_studio() -> None:
    """Review rows in Label Studio instead of `imagequant serve --review`."""


@label_studio.command("export")
@click.argument("folder", type=FOLDER)
@click.option(
    "--prefix",
    default="/data/local-files/?d=",
    show_default=True,
    help="Path or URL under which Label Studio finds FOLDER, for example its local storage prefix.",
)
@click.option("--training", is_flag=True, help="Also write training rows, last; they have no answers to start from.")
@ROOT_OPTION
def export_tasks(folder: Path, prefix: str, training: bool, root: Path) -> None:
    """Write undecided validation and test rows to FOLDER: tasks.json, config.xml for the project, images/."""
    from imagequant.server.review.label_studio import export_tasks as export  # noqa: PLC0415

    count = export(_desk(root), folder, prefix, training=training)
    click.echo(f"label-studio: {count} tasks in {folder}", err=True)


@label_studio.command("import")
@click.argument("file", type=PATH)
@ROOT_OPTION
def import_tasks(file: Path, root: Path) -> None:
    """Add the annotations of FILE (exported as JSON) to data/corrections.csv.

    Tasks that cannot be used are named, and the others are added; the exit status is 1.
    """
    from imagequant.server.review.label_studio import import_tasks as take_in  # noqa: PLC0415

    imported = take_in(_desk(root), file)
    for line in imported.rejected:
        click.echo(f"label-studio: {line}", err=True)
    click.echo(f"label-studio: {imported.decided} rows decided, {len(imported.rejected)} tasks rejected", err=True)
    if imported.rejected:
        sys.exit(1)
