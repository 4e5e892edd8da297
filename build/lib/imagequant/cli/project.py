"""Project commands: cross-validation, tuning, ablations, reports."""

from pathlib import Path

import click

from imagequant.cli.stages import FOLDER, PARAMS_OPTION, PATH, ROOT_OPTION, load_and_limit
from imagequant.core.errors import InputError
from imagequant.storage.layout import Layout


@click.command("cross-validate")
@click.argument("folder", type=PATH)
@click.option("--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Number of folds.")
@click.option("--baselines/--no-baselines", default=True, show_default=True, help="Compare with simpler methods.")
@click.option("--ablations", is_flag=True, help="Compare with the model without each of its parts (long).")
@click.option("--variant", "variants", multiple=True, help="Compare with this ablation; may be repeated.")
@click.option("--patch", type=PATH, help="Also try these parameters (models/tune/best.yaml).")
@PARAMS_OPTION
@ROOT_OPTION
def cross_validate(
    folder: Path,
    folds: int,
    baselines: bool,
    ablations: bool,
    variants: tuple[str, ...],
    patch: Path | None,
    params: Path,
    root: Path,
) -> None:
    """Cross-validate on the labelled photos in FOLDER: CSV files with the contest's columns, and their photos.

    Each question is answered by a model that was not trained on its photo. Intermediate results are kept in
    .cache/cross-validation; the figures go to the terminal and to metrics/cross_validation/real.json.
    """
    project = load_and_limit(params)  # before anything that loads numpy
    from imagequant.experiments.ablations import ABLATIONS, Preset, read_patch, select_presets  # noqa: PLC0415
    from imagequant.experiments.cross_validation.run import run  # noqa: PLC0415

    presets = list(ABLATIONS) if ablations else select_presets(variants)
    if patch is not None:
        presets.append(Preset("patched", read_patch(patch)))
    run(project, Layout(root), folder, folds, presets, baselines)


@click.command()
@click.option("--trials", type=click.IntRange(min=1), default=40, show_default=True, help="Total number of trials.")
@click.option("--timeout", type=click.FloatRange(min=0), help="Seconds after which no more trials start.")
@PARAMS_OPTION
@ROOT_OPTION
def tune(trials: int, timeout: float | None, params: Path, root: Path) -> None:
    """Search for better values of section train, as section tune of the params file describes.

    The same command resumes an interrupted search. The best values, their gain, plots and every trial are in
    models/tune.
    """
    project = load_and_limit(params)  # as above
    try:
        from imagequant.experiments.tuning.run import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "optuna":
            raise
        raise InputError("tune: Optuna is not installed; install the extra: imagequant-reader[tune]") from None

    run(project, Layout(root), trials, timeout)


@click.command()
@click.argument("presets", nargs=-1)
@ROOT_OPTION
def ablate(presets: tuple[str, ...], root: Path) -> None:
    """Run PRESETS (default: all) as DVC experiments and compare them.

    Each preset is the model without one of its parts (no_cnn, no_lstm, no_geometry, no_augment, tesseract_only,
    rapidocr_only, ...) and the name of an experiment in `dvc exp show`. The table has the differences with their 95%
    intervals. The workspace is left unchanged.
    """
    from imagequant.experiments.ablations import run  # noqa: PLC0415

    run(root, presets)


@click.command()
@click.option("--against", required=True, metavar="REVISION", help="A branch, tag or commit.")
@click.option("--output", type=FOLDER, default="report", show_default=True, help="Folder for the files.")
@click.option("--flips", type=click.IntRange(min=0), default=12, show_default=True, help="Rows to show each way.")
@click.option("--times", type=PATH, help="Seconds per stage, from `python -m imagequant.experiments.report.times`.")
@click.option("--pull", is_flag=True, help="Fetch the shards with the photos of these rows from DVC's remote.")
@PARAMS_OPTION
@ROOT_OPTION
def report(against: str, output: Path, flips: int, times: Path | None, pull: bool, params: Path, root: Path) -> None:
    """Compare the working tree with another revision, as Markdown.

    The report has metrics, parameters and plots side by side, the rows that went from right to wrong or back with
    their photos, whether the change is more than noise, and the run time per stage. Only files in git are read from
    the other revision.
    """
    project = load_and_limit(params)  # as above
    from imagequant.experiments.report.run import run  # noqa: PLC0415

    run(project, Layout(root), against, output, flips, times, pull=pull)


@click.command()
@ROOT_OPTION
def summary(root: Path) -> None:
    """Show the figures of the last evaluation."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from imagequant.core.files import read_json  # noqa: PLC0415

    layout, shown = Layout(root), ("contest_f1", "exact_match", "oracle_recall")
    figures = read_json(layout.metrics("evaluate") / "summary.json")
    # Without a frame it fits into 80 columns.
    table = Table(title="Validation rows", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("entity", no_wrap=True)
    for name in ("rows", *shown):
        table.add_column(name.replace("_", " "), justify="right")
    for name, values in (*figures["by_entity"].items(), ("all", figures)):
        table.add_row(name, str(values["rows"]), *(f"{values[figure]:.3f}" for figure in shown))
    console = Console()
    console.print(table)
    console.print(f"CNN: {figures['cnn_weights']}; report: {layout.data('evaluate') / 'report.html'}")
