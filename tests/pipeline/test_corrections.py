"""What people decide about rows is in the labels, and in the training rows, after the next ``dvc repro``."""

from __future__ import annotations

import csv
from typing import Any

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow


def test_the_next_repro_takes_corrections_in(project: Any) -> None:
    root = project.root
    path = root / "data/corrections.csv"
    text = path.read_text()
    rows = {}
    for split in ("train", "test"):
        with (root / f"data/synthetic/{split}.csv").open(encoding="utf-8", newline="") as file:
            rows[split] = next(row for row in csv.DictReader(file) if row["entity_name"] in ("item_weight", "width"))
            rows[split]["number"] = file_row(root / f"data/synthetic/{split}.csv", rows[split])
    units = {"item_weight": "gram", "width": "inch"}
    lines = [
        f"data/synthetic/{split}.csv,{row['number']},{row['image_link']},{row['group_id']},{row['entity_name']},"
        f"4321 {units[row['entity_name']]},anna,2024-09-13T00:00:00+00:00\n"
        for split, row in rows.items()
    ]
    path.write_text(text + "".join(lines))
    try:
        ran = project.stages_run("dvc", "repro", "check")
        assert {"sources", "labels", "train", "check"} <= set(ran) and "synthetic" not in ran
        labels = pq.read_table(root / "data/labels/labels.parquet").to_pylist()
        hand = [row for row in labels if '"label_source": "hand"' in row["extra"]]
        assert [(row["source"], row["value"]) for row in hand] == [
            ("data/synthetic/train.csv", 4321.0),
            ("data/synthetic/test.csv", 4321.0),
        ]
        # The test row's photo is among the training photos now.
        assert all(row["sha256"] and row["status"] == "ok" for row in hand)
        read = pq.read_table(root / "data/candidates/train/photos").to_pylist()
        assert {row["sha256"] for row in hand} <= {row["sha256"] for row in read}
    finally:
        path.write_text(text)
        project.run("git", "checkout", "--", ".")
        project.run("dvc", "checkout", "--force")


def file_row(path: Any, wanted: Any) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            if row.items() <= wanted.items():
                return number
    raise AssertionError(wanted)
