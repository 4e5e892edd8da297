"""Drift of one file against others: known distances, what chance does, and what is reported."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from imagequant.quantity.labels import parse_label
from imagequant.stages.explore.drift import Profile, chance_distance, distance, drift_rows, format_summary, profiles
from imagequant.stages.explore.questions import Question
from imagequant.storage.raw import RawRow


def question(source: str, entity: str = "height", value: str = "10 inch", group: str = "1") -> Question:
    row = RawRow(source, 1, "a.jpg", group, entity, value, "", Path(), {})
    return Question(row, "a.jpg", parse_label(value, entity) if value else None)


def test_distance_is_the_share_of_rows_of_another_kind():
    assert distance(Counter(a=2, b=2), Counter(a=1, b=1)) == 0
    assert distance(Counter(a=4), Counter(b=1)) == 1
    assert distance(Counter(a=3, b=1), Counter(a=1, b=3)) == pytest.approx(0.5)


def test_two_samples_of_one_distribution_are_as_far_apart_as_chance_says():
    random = np.random.default_rng(1)
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    found, expected = [], []
    for _ in range(300):
        one, other = (Counter(dict(enumerate(random.multinomial(size, shares).tolist()))) for size in (80, 300))
        found.append(distance(one, other))
        expected.append(chance_distance(one, other))
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.05)


def test_each_file_is_held_against_the_training_rows_of_the_others():
    train = [question("a.csv") for _ in range(30)] + [question("b.csv", value="30 inch") for _ in range(30)]
    test = [question("t.csv", entity="voltage", value="", group="9") for _ in range(10)]
    rows = drift_rows([*profiles("train", train), *profiles("test", test)])
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
    lines = format_summary(rows)
    assert [line.split(" ")[0] for line in lines] == ["a.csv", "b.csv", "t.csv"]
    assert "entity 1.00" in lines[2]
    assert "100% of rows of kinds not found there" in lines[2]


def test_one_file_alone_drifts_from_nothing():
    assert drift_rows(profiles("train", [question("a.csv")])) == []
    assert drift_rows([Profile("test", "t.csv")]) == []
    assert format_summary([]) == []
