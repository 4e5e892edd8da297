"""What a person sees: tables on the terminal, and every held-out row as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from imagequant.experiments.ablations.presets import FULL
from imagequant.experiments.cross_validation.folds import CATALOGUE_ONLY
from imagequant.experiments.cross_validation.jobs import BASELINES
from imagequant.experiments.cross_validation.rows import HeldOut

WIDTH = 100
_COLUMNS = {
    "contest_f1_hand": "F1 hand",
    "contest_f1_all": "F1 all",
    "contest_f1_dimensions": "F1 by eye",
    "consensus_agreement": "consensus",
    "oracle_recall_hand": "oracle hand",
}


def tables(summary: Mapping[str, Any]) -> list[Table]:
    """Methods by headline figures, then the model's contest F1 by entity and its errors, by group of labels."""
    return [_methods(summary), _entities(summary), _errors(summary)]


def _methods(summary: Mapping[str, Any]) -> Table:
    data = summary["data"]
    table = _table(
        f"Held-out photos: {data['rows']} questions on {data['photos']} photos, {data['folds']} folds", "method"
    )
    shown = [name for name in _COLUMNS if summary[name] is not None]
    for name in shown:
        table.add_column(f"{_COLUMNS[name]}\n{summary[name]['rows']} rows", justify="right")
    table.add_row(FULL.name, *(_with_interval(summary[name]) for name in shown))
    others = {CATALOGUE_ONLY: summary["catalogue_only"], **summary["baselines"], **summary["ablations"]}
    for name, figures in others.items():
        table.add_row(name, *(_with_difference(figures[each]) for each in shown))
    table.caption = (
        "below the model: its 95% interval; below the others: difference to it (ablations: to one_network, if run),"
        " * if surely not 0"
    )
    table.caption_justify = "left"
    return table


def _with_interval(figure: Mapping[str, Any]) -> str:
    low, high = figure["ci95"]
    return f"{figure['value']:.3f}\n{low:.3f}-{high:.3f}"


def _with_difference(figure: Mapping[str, Any] | None) -> str:
    if figure is None or "difference" not in figure:
        return "-"
    low, high = figure["difference_ci95"]
    star = "*" if low > 0 or high < 0 else " "
    return f"{figure['value']:.3f} \n{figure['difference']:+.3f}{star}"


def _entities(summary: Mapping[str, Any]) -> Table:
    groups = list(summary["by_group"])
    table = _table("The model's contest F1 by entity (rows)", "entity", *groups)
    for entity, values in (*summary["by_entity"].items(), ("all", summary["by_group"])):
        cells = [values[group]["contest_f1"] if group in values else None for group in groups]
        table.add_row(entity, *(f"{cell['value']:.3f} ({cell['rows']})" if cell else "-" for cell in cells))
    return table


def _errors(summary: Mapping[str, Any]) -> Table:
    groups = summary["by_group"]
    table = _table("Where the model's answers are lost (rows)", "", *groups)
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


def rows_csv(rows: Mapping[str, Sequence[HeldOut]]) -> str:
    """The model's held-out rows, with the baselines' answers beside them."""
    text = io.StringIO()
    writer = csv.DictWriter(
        text, list(_CSV_COLUMNS) + [name for name in BASELINES if name in rows], lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(_csv_rows(rows))
    return text.getvalue()


_CSV_COLUMNS = (
    "source", "source_row", "image_link", "group", "entity", "truth", "answer", "confidence", "outcome", "strict",
    "bucket", "read", "candidates", "fold", "sha256",
)  # fmt: skip


def _csv_rows(rows: Mapping[str, Sequence[HeldOut]]) -> Iterator[dict[str, Any]]:
    beside = {name: {row.key: row.answer for row in rows[name]} for name in BASELINES if name in rows}
    for row in rows[FULL.name]:
        own = {name: getattr(row, name) for name in _CSV_COLUMNS}
        own["candidates"] = "|".join(row.candidates)
        yield {**own, **{name: answers.get(row.key, "") for name, answers in beside.items()}}
