"""``data/sources`` -> ``metrics/explore/``: ``summary.json``, tables as CSV, three plots."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imagequant.core.files import fresh_folder, write_bytes, write_csv, write_json
from imagequant.params import Params
from imagequant.stages.explore import plots
from imagequant.stages.explore.anomalies import Finding, Tally, tally, test_findings, train_findings
from imagequant.stages.explore.describe import (
    Row,
    SplitCounts,
    count_split,
    entity_rows,
    group_rows,
    histogram_rows,
    split_summary,
    unit_rows,
    value_statistics,
    values_by_entity,
)
from imagequant.stages.explore.drift import drift_rows, format_summary, profiles
from imagequant.stages.explore.questions import Question, SplitQuestions
from imagequant.stages.explore.repeats import conflicting_rows, duplicate_indices, duplicate_rows
from imagequant.storage.layout import SPLITS, Layout, Split

# Tables without rows have a header too, because `dvc plots` needs the columns.
_COLUMNS = {
    "entities": ("split", "entity", "rows", "share"),
    "units": ("entity", "unit", "allowed", "rows", "share"),
    "values": ("entity", "unit", "log10_value", "rows", "share"),
    "groups": ("split", "group_id", "rows", "share"),
    "drift": ("split", "source", "aspect", "rows", "distance", "by_chance", "unseen"),
    "anomalies": ("split", "kind", "rows", "share"),
    "examples": ("split", "kind", "source", "row", "image_link", "entity_name", "entity_value", "reason"),
}


def run(params: Params, layout: Layout) -> None:
    """Describes the raw rows of both splits."""
    top = params.explore.top
    train, test = (SplitQuestions(layout, split) for split in SPLITS)
    counts: dict[Split, SplitCounts] = {"train": count_split(train), "test": count_split(test)}
    tallies: dict[Split, Tally] = {"train": tally_train(train, top), "test": tally_test(test, counts["train"], top)}
    units, values = unit_rows(train), values_by_entity(train)

    tables = {
        "entities": [row for split in counts for row in entity_rows(split, counts[split])],
        "units": units,
        "values": [row for entity, found in values.items() for row in histogram_rows(entity, found)],
        "groups": [row for split in counts for row in group_rows(split, counts[split], top)],
        "drift": drift_rows([*profiles("train", train), *profiles("test", test)]),
        "anomalies": [row for split in counts for row in anomaly_rows(split, tallies[split], counts[split])],
        "examples": [example_row(split, finding) for split in counts for finding in tallies[split].examples],
    }
    folder = fresh_folder(layout.metrics("explore"))
    write_json(folder / "summary.json", summary(counts, tallies, units, values))
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", _COLUMNS[name], [[row[column] for column in _COLUMNS[name]] for row in rows])
    write_bytes(folder / "entities_and_units.png", plots.entities_and_units(tables["entities"], units))
    write_bytes(folder / "values.png", plots.values(tables["values"]))
    write_bytes(folder / "drift.png", plots.drift(tables["drift"]))
    for line in (headline(counts, tallies), *format_summary(tables["drift"])):
        print(f"explore: {line}", file=sys.stderr)


def tally_train(train: Iterable[Question], top: int) -> Tally:
    """Counts all findings in training rows, which are iterated several times."""
    among_rows = {"duplicate_row": duplicate_rows(train, top), "conflicting_row": conflicting_rows(train, top)}
    return tally(train_findings(train), among_rows, "train", top)


def tally_test(test: Iterable[Question], train: SplitCounts, top: int) -> Tally:
    """Counts all findings in test rows, given the counts of the training rows."""
    among_rows = {"duplicate_row": duplicate_rows(test, top), "duplicate_index": duplicate_indices(test, top)}
    findings = test_findings(test, frozenset(train.entities), frozenset(train.groups))
    return tally(findings, among_rows, "test", top)


def summary(
    counts: Mapping[Split, SplitCounts],
    tallies: Mapping[Split, Tally],
    units: Sequence[Row],
    values: Mapping[str, Sequence[float]],
) -> dict[str, Any]:
    """Returns everything that is worth comparing between two runs, as nested numbers."""
    allowed: dict[str, dict[str, float]] = {}
    for row in units:
        if row["allowed"] == "yes":
            allowed.setdefault(row["entity"], {})[row["unit"]] = row["share"]
    return {
        **{split: split_summary(counts[split]) for split in counts},
        "units": allowed,
        "values": {entity: value_statistics(entity, found) for entity, found in values.items()},
        "anomalies": {split: dict(tallies[split].counts) for split in tallies},
    }


def anomaly_rows(split: Split, found: Tally, counts: SplitCounts) -> list[Row]:
    """Returns one row per kind, including kinds without findings."""
    return [
        {"split": split, "kind": kind, "rows": rows, "share": round(rows / counts.rows, 6)}
        for kind, rows in found.counts.items()
    ]


def example_row(split: Split, finding: Finding) -> Row:
    """Returns the place and content of the row of a finding."""
    raw = finding.raw
    return {
        "split": split,
        "kind": finding.kind,
        "source": raw.source,
        "row": raw.row,
        "image_link": raw.image_link,
        "entity_name": raw.entity_name,
        "entity_value": raw.entity_value,
        "reason": finding.reason,
    }


def headline(counts: Mapping[Split, SplitCounts], tallies: Mapping[Split, Tally]) -> str:
    """Returns ``train 520 rows of 400 photos, findings: range 7, unknown_unit 5; test ...``."""
    return "; ".join(
        f"{split} {counts[split].rows} rows of {counts[split].photos} photos, {_format_findings(tallies[split])}"
        for split in counts
    )


def _format_findings(found: Tally) -> str:
    kinds = ", ".join(f"{kind} {rows}" for kind, rows in found.counts.items() if rows)
    return f"findings: {kinds}" if kinds else "no anomalies"
