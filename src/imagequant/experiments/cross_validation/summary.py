"""Summarises run results for ``metrics/cross_validation/real.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagequant.evaluation.baselines.rules import FIRST_QUANTITY
from imagequant.evaluation.bootstrap import contest_f1, exact_match, figure, oracle_recall
from imagequant.evaluation.metrics import bucket_counts
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.ablations.presets import ABLATIONS, FULL
from imagequant.experiments.cross_validation.figures import compared_figures, headline_figures
from imagequant.experiments.cross_validation.folds import SYNTHETIC_ONLY
from imagequant.experiments.cross_validation.runs import BASELINES, RunResult
from imagequant.params import EvaluateParams
from imagequant.quantity.units import ENTITIES


@dataclass(frozen=True)
class DataFacts:
    """Facts about the data: number of folds, labelled rows that could not be used, the CNN's weights."""

    folds: int
    rows_left_out: int
    cnn_weights: str


def by_name(results: Sequence[RunResult]) -> dict[str, list[ScoredRow]]:
    """Return the rows of each method from all folds, in the order of the files."""
    rows: dict[str, list[ScoredRow]] = {}
    for result in results:
        rows.setdefault(result.name, []).extend(result.rows)
    return {name: sorted(mine, key=lambda row: row.key) for name, mine in rows.items()}


def summarise(results: Sequence[RunResult], facts: DataFacts, params: EvaluateParams) -> dict[str, Any]:
    """Return everything in the file."""
    rows = by_name(results)
    model = rows[FULL.name]
    others = {
        name: compared_figures(mine, rows.get(_reference(name), model), params)
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
        "data": {
            "files": _files(model),
            "folds": facts.folds,
            "rows": len(model),
            "photos": len({row.sha256 for row in model}),
            "rows_left_out": facts.rows_left_out,
            "cnn_weights": facts.cnn_weights,
        },
        "by_entity": _by_entity(model, params),
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


def _group(rows: Sequence[ScoredRow], params: EvaluateParams) -> dict[str, Any]:
    return {
        "contest_f1": figure(rows, contest_f1, params),
        "exact_match": figure(rows, exact_match, params),
        "oracle_recall": figure([row for row in rows if row.answerable], oracle_recall, params),
        "errors": bucket_counts(rows),
    }


def _by_entity(rows: Sequence[ScoredRow], params: EvaluateParams) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for entity in ENTITIES:
        mine = [row for row in rows if row.entity == entity]
        if mine:
            result[entity] = {group: _group(some, params) for group, some in _grouped(mine).items()}
    return result


def _grouped(rows: Sequence[ScoredRow]) -> Mapping[str, list[ScoredRow]]:
    return {group: [row for row in rows if row.group == group] for group in sorted({row.group for row in rows})}


def _files(rows: Sequence[ScoredRow]) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for name in sorted({row.source for row in rows}):
        mine = [row for row in rows if row.source == name]
        files[name] = {
            "rows": len(mine),
            "photos": len({row.sha256 for row in mine}),
            "groups": dict(Counter(row.group for row in mine)),
        }
    return files


def _synthetic_only(rows: Mapping[str, Sequence[ScoredRow]], params: EvaluateParams) -> dict[str, Any] | None:
    """Return the contest F1 of the model that saw no real photo, and its gain over the first-quantity baseline."""
    name = "contest_f1_all"
    own = headline_figures(rows[SYNTHETIC_ONLY], params)[name]
    compared = compared_figures(rows[SYNTHETIC_ONLY], rows.get(FIRST_QUANTITY, ()), params)[name]
    if own is None or compared is None or "difference" not in compared:
        return dict(own) if own else None
    return {
        **own,
        "over_first_quantity": compared["difference"],
        "over_first_quantity_ci95": compared["difference_ci95"],
    }
