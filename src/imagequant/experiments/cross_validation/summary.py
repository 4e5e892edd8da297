"""The runs' rows to ``metrics/bench/real.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagequant.evaluation.results import BUCKETS
from imagequant.experiments.ablations.presets import ABLATIONS, FULL
from imagequant.experiments.cross_validation.figures import agreement, compared, headline, oracle_recall
from imagequant.experiments.cross_validation.folds import CATALOGUE_ONLY
from imagequant.experiments.cross_validation.jobs import BASELINES, Run
from imagequant.experiments.cross_validation.paired import contest_f1, figure
from imagequant.experiments.cross_validation.rows import HeldOut
from imagequant.experiments.cross_validation.rules import FIRST_QUANTITY
from imagequant.params import EvaluateParams
from imagequant.quantity.units import ENTITIES


@dataclass(frozen=True)
class Facts:
    """About the data, beside the rows: folds, labelled rows that no run could use, the CNN's weights."""

    folds: int
    rows_left_out: int
    cnn_weights: str


def by_name(runs: Sequence[Run]) -> dict[str, list[HeldOut]]:
    """Each method's rows of all its folds, in the files' order."""
    rows: dict[str, list[HeldOut]] = {}
    for run in runs:
        rows.setdefault(run.name, []).extend(run.rows)
    return {name: sorted(mine, key=lambda row: row.key) for name, mine in rows.items()}


def summarise(runs: Sequence[Run], facts: Facts, params: EvaluateParams) -> dict[str, Any]:
    """Everything the file holds."""
    rows = by_name(runs)
    model = rows[FULL.name]
    others = {
        name: compared(mine, rows.get(_reference(name), model), params)
        for name, mine in rows.items()
        if name != FULL.name
    }
    catalogue_only = others.pop(CATALOGUE_ONLY)
    trainings: dict[str, dict[str, dict[str, float]]] = {}
    for run in runs:
        if run.facts:
            trainings.setdefault(run.name, {})[str(run.fold)] = run.facts
    return {
        **headline(model, params),
        "catalogue_only_contest_f1": _catalogue_only(rows, params),
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
        "errors": buckets(model),
        "catalogue_only": catalogue_only,
        "baselines": {name: values for name, values in others.items() if name in BASELINES},
        "ablations": {name: values for name, values in others.items() if name not in BASELINES},
        "trainings": trainings,
    }


def _reference(name: str) -> str:
    """What a method is compared with: ablations of one network with that, others with the model."""
    return next((variant.reference for variant in ABLATIONS if variant.name == name), FULL.name)


def buckets(rows: Sequence[HeldOut]) -> dict[str, int]:
    """Rows by where their error arose, all buckets named."""
    counts = Counter(row.bucket for row in rows)
    return {name: counts[name] for name in BUCKETS}


def _group(rows: Sequence[HeldOut], params: EvaluateParams) -> dict[str, Any]:
    return {
        "contest_f1": figure(rows, contest_f1, params),
        "exact_match": figure(rows, agreement, params),
        "oracle_recall": figure([row for row in rows if row.answerable], oracle_recall, params),
        "errors": buckets(rows),
    }


def _by_entity(rows: Sequence[HeldOut], params: EvaluateParams) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for entity in ENTITIES:
        mine = [row for row in rows if row.entity == entity]
        if mine:
            result[entity] = {group: _group(some, params) for group, some in _grouped(mine).items()}
    return result


def _grouped(rows: Sequence[HeldOut]) -> Mapping[str, list[HeldOut]]:
    return {group: [row for row in rows if row.group == group] for group in sorted({row.group for row in rows})}


def _files(rows: Sequence[HeldOut]) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for name in sorted({row.source for row in rows}):
        mine = [row for row in rows if row.source == name]
        files[name] = {
            "rows": len(mine),
            "photos": len({row.sha256 for row in mine}),
            "groups": dict(Counter(row.group for row in mine)),
        }
    return files


def _catalogue_only(rows: Mapping[str, Sequence[HeldOut]], params: EvaluateParams) -> dict[str, Any] | None:
    """Contest F1 of the model that saw no real photo, and what it has over the first quantity on the same rows."""
    name = "contest_f1_all"
    own: dict[str, Any] | None = headline(rows[CATALOGUE_ONLY], params)[name]
    if own is None or FIRST_QUANTITY not in rows:
        return own
    against: dict[str, Any] = compared(rows[CATALOGUE_ONLY], rows[FIRST_QUANTITY], params)[name]
    return {
        **own,
        "over_first_quantity": against["difference"],
        "over_first_quantity_ci95": against["difference_ci95"],
    }
