"""Drift: the distance of a file's rows from the training rows of the other files, and the distance by chance."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from imagequant.stages.explore.rows import filled, value_bins

COLUMNS = ("split", "source", "aspect", "rows", "distance", "by_chance", "unseen")
# Printed if the distance is this many times the distance by chance.
_NOTABLE = 2.0


def drift_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns one row per file and aspect, if both the file and other training files have data on it."""
    entity = rows["entity_name"] + ": "
    # Units and values by entity, values in bins of a quarter decade.
    aspects = {
        "entity": rows["entity_name"],
        "group": rows["group_id"].where(filled(rows["group_id"])),
        "unit": (entity + rows["unit"]).where(rows["allowed"] == "yes"),
        "value": (entity + value_bins(rows["value"]).astype(str)).where(rows["value"].notna()),
    }
    table = []
    for (split, source), file in rows.groupby(["split", "source"], sort=False):
        others = (rows["split"] == "train") & ~rows.index.isin(file.index)
        for aspect, kinds in aspects.items():
            own, reference = kinds[file.index].value_counts(), kinds[others].value_counts()
            if len(own) and len(reference):
                unseen = own[~own.index.isin(reference.index)].sum() / own.sum()
                figures = (distance(own, reference), chance_distance(own, reference), float(unseen))
                table.append((split, source, aspect, own.sum(), *(round(figure, 4) for figure in figures)))
    return pd.DataFrame(table, columns=list(COLUMNS))


def format_summary(table: pd.DataFrame) -> list[str]:
    """Returns one line per file with a notable distance."""
    lines: dict[str, list[str]] = defaultdict(list)
    for row in table[table["distance"] > _NOTABLE * table["by_chance"]].to_dict("records"):
        unseen = f", {row['unseen']:.0%} of rows of kinds not found there" if row["unseen"] else ""
        figures = f"{row['distance']:.2f} (by chance {row['by_chance']:.2f}{unseen})"
        lines[row["source"]].append(f"{row['aspect']} {figures}")
    return [f"{source} differs from the training rows: {', '.join(parts)}" for source, parts in lines.items()]


def distance(one: pd.Series[int], other: pd.Series[int]) -> float:
    """Returns the total variation of counts by kind, in [0, 1]: the share of rows to change for equal shares."""
    return float((one / one.sum()).sub(other / other.sum(), fill_value=0).abs().sum() / 2)


def chance_distance(one: pd.Series[int], other: pd.Series[int]) -> float:
    """Returns the expected distance of two samples of these sizes that are drawn from all rows together.

    The error of a share is nearly normal with variance p (1 - p) / n; the mean absolute value of a normal difference is
    its standard deviation times the square root of 2 / pi.
    """
    shares = one.add(other, fill_value=0) / (one.sum() + other.sum())
    variances = shares * (1 - shares) * (1 / one.sum() + 1 / other.sum())
    return float(np.sqrt(2 / np.pi * variances).sum() / 2)
