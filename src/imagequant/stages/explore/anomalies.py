"""Anomalies of the raw rows, by kind: the reason for each row that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from imagequant.stages.explore.rows import filled

# Reasons by the labels of the rows, in the order in which examples are listed.
Anomalies = Mapping[str, "pd.Series[str]"]
_REJECTIONS = {
    "unknown_unit": "the contest lists no such unit",
    "unit_of_another_entity": "the unit measures something else",
    "range_of_two_units": "a range whose ends have different units",
    "not_a_quantity": "not a number and a unit",
    "not_positive": "not above zero",
    "implausible_value": "more than anything sold with a photo has",
}


def train_anomalies(rows: pd.DataFrame, entities: Sequence[str]) -> Anomalies:
    """Returns all kinds, including those without rows, so that the tables of two runs have the same lines."""
    ranges = rows.loc[rows["range"], "label"]
    return {
        **_empty_cells(rows, {"empty_link": "image_link", "empty_group": "group_id", "empty_value": "entity_value"}),
        **_any_split(rows, entities),
        "conflicting_row": _conflicting_rows(rows),
        "range": ranges.map(lambda label: f"read as {label}; no single answer equals it"),
        **{kind: _constant(reason, rows["rejected"] == kind) for kind, reason in _REJECTIONS.items()},
    }


def test_anomalies(rows: pd.DataFrame, train: pd.DataFrame, entities: Sequence[str]) -> Anomalies:
    """Returns all kinds for test rows; see ``train_anomalies``."""
    asked, groups = rows["entity_name"], rows["group_id"]
    indexed = rows[filled(rows["index"])]
    same_index = _first_places(indexed, [indexed["index"].map(str.strip)])
    new_entities = asked[asked.isin(entities) & ~asked.isin(train["entity_name"])]
    new_groups = groups[filled(groups) & ~groups.isin(train["group_id"])]
    return {
        **_empty_cells(rows, {"empty_link": "image_link", "empty_group": "group_id", "empty_index": "index"}),
        **_any_split(rows, entities),
        "duplicate_index": ("index " + rows["index"] + " is that of " + same_index).dropna(),
        "entity_not_in_train": new_entities.map(lambda name: f"no training row asks for {name}"),
        "group_not_in_train": new_groups.map(lambda name: f"no training row has group {name}"),
    }


def _empty_cells(rows: pd.DataFrame, columns: Mapping[str, str]) -> Anomalies:
    return {kind: _constant(f"{column} is empty", ~filled(rows[column])) for kind, column in columns.items()}


def _constant(reason: str, chosen: pd.Series[bool]) -> pd.Series[str]:
    return pd.Series(reason, chosen.index[chosen])


def _any_split(rows: pd.DataFrame, entities: Sequence[str]) -> Anomalies:
    """Returns the kinds that rows of both splits can have."""
    unknown = rows.loc[~rows["entity_name"].isin(entities), "entity_name"]
    seen = rows[rows["photo"] != ""]
    first = _first_places(seen, [seen["photo"], seen["entity_name"], seen["entity_value"].map(str.strip)])
    return {
        "unknown_entity": unknown.map(lambda name: f"{name!r} is none of {', '.join(entities)}"),
        "duplicate_row": "same as " + first,
    }


def _first_places(rows: pd.DataFrame, keys: list[pd.Series[str]]) -> pd.Series[str]:
    """Returns the place of the first row with the same keys, for the rows that are not the first."""
    places = rows["source"] + ", row " + rows["row"].astype(str)
    first = places.groupby(keys).transform("first")
    return first[first != places]


def _conflicting_rows(rows: pd.DataFrame) -> pd.Series[str]:
    """Explains rows with the same question about the same photo but different labels; such rows are listed together.

    Another unit is another quantity, as for the contest.
    """
    labelled = rows[(rows["photo"] != "") & (rows["label"] != "")]
    keys = [labelled["photo"], labelled["entity_name"]]
    rivals = labelled[labelled.groupby(keys)["label"].transform("nunique") > 1]
    reasons: dict[Any, str] = {}
    for _, group in rivals.groupby(["photo", "entity_name"], sort=False):
        reasons |= dict.fromkeys(group.index, f"the photo is labelled {' and '.join(sorted(set(group['label'])))}")
    return pd.Series(reasons, dtype=str)
