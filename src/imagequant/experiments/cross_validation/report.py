"""Tables for the terminal, and a CSV file of every held-out row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from imagequant.core.files import write_csv
from imagequant.evaluation.bootstrap import Figure, is_significant
from imagequant.evaluation.folds import SYNTHETIC_ONLY
from imagequant.evaluation.scored_row import COLUMNS, csv_cells
from imagequant.experiments.ablations import FULL
from imagequant.experiments.cross_validation.runs import BASELINES, RunResult
from imagequant.experiments.cross_validation.summary import by_name

WIDTH = 100
_HEADINGS = {
    "contest_f1_hand": "F1 hand",
    "contest_f1_all": "F1 all",
    "contest_f1_dimensions": "F1 by eye",
    "consensus_agreement": "consensus",
    "oracle_recall_hand": "oracle hand",
    "coverage_at_95": "at 95%",
}


def tables(summary: Mapping[str, Any]) -> list[Table]:
    """Return three tables: headline figures by method; contest F1 by entity, and errors, both by label group."""
    return [_method_table(summary), _entity_table(summary), _error_table(summary)]


def _method_table(summary: Mapping[str, Any]) -> Table:
    data = summary["data"]
    table = _table(
        f"Held-out photos: {data['rows']} questions on {data['photos']} photos, {data['folds']} folds", "method"
    )
    shown = [name for name in _HEADINGS if summary[name] is not None]
    for name in shown:
        table.add_column(f"{_HEADINGS[name]}\n{summary[name]['rows']} rows", justify="right")
    intervals = {name: "{:.3f}-{:.3f}".format(*summary[name]["ci95"]) for name in shown}
    table.add_row(FULL.name, *(f"{summary[name]['value']:.3f}\n{interval}" for name, interval in intervals.items()))
    others = {SYNTHETIC_ONLY: summary["synthetic_only"], **summary["baselines"], **summary["ablations"]}
    for name, figures in others.items():
        table.add_row(name, *(_with_difference(figures[each]) for each in shown))
    table.caption = (
        "below the model: its 95% interval; below the others: difference to it (ablations: to one_network, if run),"
        " * if significant"
    )
    table.caption_justify = "left"
    return table


def _with_difference(figure: Figure | None) -> str:
    if figure is None or "difference" not in figure:
        return "-"
    star = "*" if is_significant(figure) else " "
    return f"{figure['value']:.3f} \n{figure['difference']:+.3f}{star}"


def _entity_table(summary: Mapping[str, Any]) -> Table:
    groups = list(summary["by_group"])
    table = _table("The model's contest F1 by entity (rows)", "entity", *groups)
    for entity, values in (*summary["by_entity"].items(), ("all", summary["by_group"])):
        cells = [values[group]["contest_f1"] if group in values else None for group in groups]
        table.add_row(entity, *(f"{cell['value']:.3f} ({cell['rows']})" if cell else "-" for cell in cells))
    return table


def _error_table(summary: Mapping[str, Any]) -> Table:
    groups = summary["by_group"]
    table = _table("Errors of the model (rows)", "", *groups)
    for bucket in summary["errors"]:
        table.add_row(bucket, *(str(values["errors"][bucket]) for values in groups.values()))
    recalls = [values["oracle_recall"] for values in groups.values()]
    table.add_row("oracle recall", *(f"{recall['value']:.3f}" if recall else "-" for recall in recalls))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column(columns[0], no_wrap=True)
    for name in columns[1:]:
        table.add_column(name, justify="right")
    return table


def write_held_out_rows(path: Path, results: Sequence[RunResult]) -> None:
    """Writes the model's held-out rows as CSV, with the predictions of the baselines."""
    rows = by_name(results)
    baselines = [name for name in BASELINES if name in rows]
    predictions = {name: {row.key: str(row.prediction or "") for row in rows[name]} for name in baselines}
    folds = {row.key: result.fold for result in results if result.name == FULL.name for row in result.rows}
    write_csv(
        path,
        (*COLUMNS, "group", "strict", "fold", *baselines),
        (
            [
                *csv_cells(row), row.group, row.strict_outcome, folds[row.key],
                *(predictions[name].get(row.key, "") for name in baselines),
            ]
            for row in rows[FULL.name]
        ),
    )  # fmt: skip
