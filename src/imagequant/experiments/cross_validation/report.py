"""The figures of cross-validation (``metrics/cross_validation/real.json``), their tables, and a CSV of all rows."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from imagequant.core.files import write_csv
from imagequant.evaluation import bootstrap
from imagequant.evaluation.baselines.rules import FIRST_QUANTITY
from imagequant.evaluation.bootstrap import (
    COVERAGES,
    Figure,
    Measure,
    contest_f1,
    coverage_figure,
    figure,
    is_significant,
)
from imagequant.evaluation.folds import SYNTHETIC_ONLY
from imagequant.evaluation.metrics import bucket_counts, calibration_error
from imagequant.evaluation.scored_row import COLUMNS, ScoredRow, csv_cells
from imagequant.experiments.ablations import ABLATIONS, FULL
from imagequant.experiments.cross_validation.runs import BASELINES, RunResult
from imagequant.params import EvaluateParams

# Groups of labels with figures of their own; all other groups count as the contest's.
HAND, EYE, CONSENSUS = "hand", "eye", "consensus"


# Each measure is over the rows that meet its condition.
MEASURES: Mapping[str, tuple[Measure, Callable[[ScoredRow], bool]]] = {
    "contest_f1_hand": (contest_f1, lambda row: row.group == HAND),
    "contest_f1_all": (contest_f1, lambda row: row.group not in (EYE, CONSENSUS)),
    "contest_f1_dimensions": (contest_f1, lambda row: row.group == EYE),
    "contest_f1_dimensions_strict": (bootstrap.strict_f1, lambda row: row.group == EYE),
    "consensus_agreement": (bootstrap.exact_match, lambda row: row.group == CONSENSUS),
    "oracle_recall_hand": (bootstrap.oracle_recall, lambda row: row.group == HAND and row.answerable),
}
WIDTH = 100
_HEADINGS = {
    "contest_f1_hand": "F1 hand",
    "contest_f1_all": "F1 all",
    "contest_f1_dimensions": "F1 by eye",
    "consensus_agreement": "consensus",
    "oracle_recall_hand": "oracle hand",
    "coverage_at_95": "at 95%",
}


def headline_figures(
    rows: Sequence[ScoredRow], params: EvaluateParams, reference: Sequence[ScoredRow] = ()
) -> dict[str, Figure | None]:
    """Return the figure of every measure, None if no row belongs to it; see ``figure`` for the reference.

    Coverage is over the ``checked_rows``.
    """
    checked = checked_rows(rows)
    figures = {
        name: figure([row for row in rows if includes(row)], measure, params, reference)
        for name, (measure, includes) in MEASURES.items()
    }
    return figures | {name: coverage_figure(checked, each, params, reference) for name, each in COVERAGES.items()}


def checked_rows(rows: Sequence[ScoredRow]) -> list[ScoredRow]:
    """Return the rows with labels by hand and by eye, on which coverage and calibration are measured."""
    return [row for row in rows if row.group in (HAND, EYE)]


def by_name(results: Sequence[RunResult]) -> dict[str, list[ScoredRow]]:
    """Return the rows of each method from all folds, in the order of the files."""
    rows: dict[str, list[ScoredRow]] = {}
    for result in results:
        rows.setdefault(result.name, []).extend(result.rows)
    return {name: sorted(mine, key=lambda row: row.key) for name, mine in rows.items()}


def summarise(results: Sequence[RunResult], facts: Mapping[str, Any], params: EvaluateParams) -> dict[str, Any]:
    """Return everything in the file; ``facts`` are those about the data (see ``run._data_facts``)."""
    rows = by_name(results)
    model = rows[FULL.name]
    # Ablations are compared with their reference, others with the full model.
    references = {variant.name: rows.get(variant.reference, model) for variant in ABLATIONS}
    others = {
        name: headline_figures(mine, params, references.get(name, model))
        for name, mine in rows.items()
        if name != FULL.name
    }
    synthetic_only = others.pop(SYNTHETIC_ONLY)
    trainings: dict[str, dict[str, Mapping[str, float]]] = {}
    for result in results:
        if result.facts:
            trainings.setdefault(result.name, {})[result.fold] = result.facts
    return {
        **headline_figures(model, params),
        "synthetic_only_contest_f1": _synthetic_only(rows, params),
        "expected_calibration_error": {
            name: calibration_error(checked_rows(rows[name])) for name in (FULL.name, SYNTHETIC_ONLY)
        },
        "data": {
            "files": {
                name: {**_counts(mine), "groups": dict(Counter(row.group for row in mine))}
                for name, mine in _grouped(model, "source").items()
            },
            **facts,
            **_counts(model),
        },
        "by_entity": {
            entity: {group: _group(mine, params) for group, mine in _grouped(own).items()}
            for entity in sorted({row.entity for row in model})
            if (own := [row for row in model if row.entity == entity])
        },
        "by_group": {group: _group(mine, params) for group, mine in _grouped(model).items()},
        "errors": bucket_counts(model),
        "synthetic_only": synthetic_only,
        "baselines": {name: values for name, values in others.items() if name in BASELINES},
        "ablations": {name: values for name, values in others.items() if name not in BASELINES},
        "trainings": trainings,
    }


def _counts(rows: Sequence[ScoredRow]) -> dict[str, int]:
    return {"rows": len(rows), "photos": len({row.sha256 for row in rows})}


def _group(rows: Sequence[ScoredRow], params: EvaluateParams) -> dict[str, Any]:
    return {
        "contest_f1": figure(rows, contest_f1, params),
        "exact_match": figure(rows, bootstrap.exact_match, params),
        "oracle_recall": figure([row for row in rows if row.answerable], bootstrap.oracle_recall, params),
        "errors": bucket_counts(rows),
    }


def _grouped(rows: Sequence[ScoredRow], by: str = "group") -> Mapping[str, list[ScoredRow]]:
    groups = sorted({getattr(row, by) for row in rows})
    return {group: [row for row in rows if getattr(row, by) == group] for group in groups}


def _synthetic_only(rows: Mapping[str, Sequence[ScoredRow]], params: EvaluateParams) -> dict[str, Any] | None:
    """Return the contest F1 of the model that saw no real photo, and its gain over the first-quantity baseline."""
    found = headline_figures(rows[SYNTHETIC_ONLY], params, rows.get(FIRST_QUANTITY, ()))["contest_f1_all"]
    if found is None:
        return None
    # Its difference has a name of its own.
    renamed = {"difference": "over_first_quantity", "difference_ci95": "over_first_quantity_ci95"}
    return {renamed.get(name, name): value for name, value in found.items()}


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


def _with_difference(each: Figure | None) -> str:
    if each is None or "difference" not in each:
        return "-"
    return f"{each['value']:.3f} \n{each['difference']:+.3f}{'*' if is_significant(each) else ' '}"


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
