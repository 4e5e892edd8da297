"""The figures of cross-validation over held-out rows: ``metrics/cross_validation/real.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from imagequant.evaluation import bootstrap
from imagequant.evaluation.baselines.rules import FIRST_QUANTITY
from imagequant.evaluation.bootstrap import COVERAGES, Figure, Measure, contest_f1, coverage_figure, figure
from imagequant.evaluation.folds import SYNTHETIC_ONLY
from imagequant.evaluation.metrics import bucket_counts, calibration_error
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.ablations import ABLATIONS, FULL
from imagequant.experiments.cross_validation.runs import BASELINES, RunResult
from imagequant.params import EvaluateParams
from imagequant.quantity.units import ENTITIES

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
    """Return everything in the file; ``facts`` are those about the data (see ``run.data_facts``)."""
    rows = by_name(results)
    model = rows[FULL.name]
    others = {
        name: headline_figures(mine, params, rows.get(_reference(name), model))
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
            for entity in ENTITIES
            if (own := [row for row in model if row.entity == entity])
        },
        "by_group": {group: _group(mine, params) for group, mine in _grouped(model).items()},
        "errors": bucket_counts(model),
        "synthetic_only": synthetic_only,
        "baselines": {name: values for name, values in others.items() if name in BASELINES},
        "ablations": {name: values for name, values in others.items() if name not in BASELINES},
        "trainings": trainings,
    }


def _reference(name: str) -> str:
    """Return what a method is compared with: ablations with their reference, others with the full model."""
    return next((variant.reference for variant in ABLATIONS if variant.name == name), FULL.name)


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
