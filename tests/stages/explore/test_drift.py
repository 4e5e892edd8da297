"""Drift of one file against others: known distances, what chance does, and what is reported."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.contest import CONTEST

from imagequant.params import load_params
from imagequant.stages.explore.rows import chance_distance, distance, drift_table, format_summary, read_rows
from imagequant.stages.sources.run import run as sources
from imagequant.storage.layout import Layout


def table_of(root: Path, train: dict[str, list[tuple[str, ...]]], test: list[tuple[str, ...]]) -> pd.DataFrame:
    """Group, entity and value of each row."""
    for name, rows in {**train, "t.csv": test}.items():
        with (root / name).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("index", "image_link", "group_id", "entity_name", "entity_value"))
            writer.writerows((number, f"http://x/{number}.jpg", *row) for number, row in enumerate(rows))
    base = load_params(Path(__file__).parents[3] / "params.yaml")
    params = replace(base, sources=replace(base.sources, train=tuple(train), test="t.csv"))
    sources(params, Layout(root))
    return drift_table(read_rows(Layout(root), CONTEST))


def test_distance_is_the_share_of_rows_of_another_kind():
    assert distance(pd.Series({"a": 2, "b": 2}), pd.Series({"a": 1, "b": 1})) == 0
    assert distance(pd.Series({"a": 4}), pd.Series({"b": 1})) == 1
    assert distance(pd.Series({"a": 3, "b": 1}), pd.Series({"a": 1, "b": 3})) == pytest.approx(0.5)


def test_two_samples_of_one_distribution_are_as_far_apart_as_chance_says():
    random = np.random.default_rng(1)
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    found, expected = [], []
    for _ in range(300):
        one, other = (pd.Series(random.multinomial(size, shares)) for size in (80, 300))
        found.append(distance(one, other))
        expected.append(chance_distance(one, other))
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.05)


def test_each_file_is_held_against_the_training_rows_of_the_others(tmp_path):
    train = {"a.csv": [("1", "height", "10 inch")] * 30, "b.csv": [("1", "height", "30 inch")] * 30}
    table = table_of(tmp_path, train, [("9", "voltage", "")] * 10)
    rows = table.to_dict("records")
    found = {(row["source"], row["aspect"]): row["distance"] for row in rows}
    assert found == {
        ("a.csv", "entity"): 0,
        ("a.csv", "group"): 0,
        ("a.csv", "unit"): 0,
        ("a.csv", "value"): 1,  # tens of inches against thirties: other bins
        ("b.csv", "entity"): 0,
        ("b.csv", "group"): 0,
        ("b.csv", "unit"): 0,
        ("b.csv", "value"): 1,
        ("t.csv", "entity"): 1,  # test rows have no labels: neither units nor values
        ("t.csv", "group"): 1,
    }
    unseen = {row["source"]: row["unseen"] for row in rows if row["aspect"] == "group"}
    assert unseen == {"a.csv": 0, "b.csv": 0, "t.csv": 1}
    lines = format_summary(table)
    assert [line.split(" ")[0] for line in lines] == ["a.csv", "b.csv", "t.csv"]
    assert "entity 1.00" in lines[2]
    assert "100% of rows of kinds not found there" in lines[2]


def test_one_file_alone_drifts_from_nothing(tmp_path):
    table = table_of(tmp_path, {"a.csv": [("1", "height", "10 inch")]}, [("1", "height", "")])
    assert set(table["source"]) == {"t.csv"}
    assert format_summary(table[table["source"] == "a.csv"]) == []
