"""The raw rows of both splits with parsed labels, and distributions of their entities, units, values and groups."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from imagequant.core.iteration import chunks
from imagequant.quantity.domain import Domain
from imagequant.quantity.labels import parse_label
from imagequant.quantity.units import UNITS, to_base
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.raw import RawRow, iterate_raw

_BASE_UNITS = {unit.kind: unit.name for unit in reversed(UNITS.values()) if unit.factor == 1.0}
_FOREIGN = ("unknown_unit", "unit_of_another_entity")
_UNIT_AT_END = re.compile(r"[A-Za-z][A-Za-z ]*$")
_PART_ROWS = 10_000
_RAW = ("source", "row", "image_link", "group_id", "entity_name", "entity_value", "index")
# ``photo`` identifies the place that the link leads to. ``label`` is the normalised text, ``rejected`` the reason for
# rejecting it, ``value`` its upper end in the base unit. Foreign units are as written in the label.
_PARSED = {"photo": "", "label": "", "rejected": "", "range": False, "unit": "", "allowed": "", "value": float("nan")}
# Width of a histogram's bin in decades; exact in binary, so that bins meet exactly.
_DECADES = 0.25
COLUMNS = ("split", "source", "aspect", "rows", "distance", "by_chance", "unseen")
# Printed if the distance is this many times the distance by chance.
_NOTABLE = 2.0


def read_rows(layout: Layout, domain: Domain) -> pd.DataFrame:
    """Returns the rows of both splits, training rows first. Test rows have no labels, whatever their columns."""
    records = (_record(row, split, domain) for split in SPLITS for row in iterate_raw(layout, split))
    # In parts: as dictionaries the rows would take several times as much memory.
    return pd.concat(map(pd.DataFrame, chunks(records, _PART_ROWS)), ignore_index=True)


def base_unit(entity: str, domain: Domain) -> str:
    """Returns ``gram`` for ``item_weight``."""
    return _BASE_UNITS[domain.entities[entity].kind]


def filled(texts: pd.Series[str]) -> pd.Series[bool]:
    """Returns which cells have more than spaces."""
    return texts.map(str.strip) != ""


def _record(row: RawRow, split: str, domain: Domain) -> dict[str, Any]:
    link = row.image_link.strip()
    # Paths are relative to their file's folder: the same path in two files may mean two photos.
    photo = link if "://" in link or not link else str(row.origin / link)
    record = {"split": split, **{name: getattr(row, name) for name in _RAW}, **_PARSED, "photo": photo}
    if split == "test" or row.entity_name not in domain.entities:
        return record
    label = parse_label(row.entity_value, domain.entities[row.entity_name])
    if label.status == "ok":
        record |= {"label": label.text, "range": label.is_range, "unit": label.unit, "allowed": "yes"}
        record["value"] = to_base(label.value, label.unit)
    elif label.reason in _FOREIGN and (written := _UNIT_AT_END.search(row.entity_value.strip())):
        record |= {"unit": " ".join(written.group().lower().split()), "allowed": "no"}
    return record | {"rejected": label.reason}


def entity_table(rows: pd.DataFrame, domain: Domain) -> pd.DataFrame:
    """Counts rows by split and entity, known entities first, in their order."""
    counts = rows.groupby(["split", "entity_name"]).size().rename_axis(["split", "entity"])
    table = counts.reset_index(name="rows")
    names = domain.names
    place = table["entity"].map(lambda name: names.index(name) if name in names else len(names))
    table = table.assign(split=pd.Categorical(table["split"], SPLITS), place=place)
    return _with_share(table.sort_values(["split", "place", "entity"]).drop(columns="place"), "split")


def group_table(rows: pd.DataFrame, top: int) -> pd.DataFrame:
    """Counts rows of the most frequent groups by split; shares are of all rows of the split."""
    tables = []
    for split, own in rows.groupby("split", sort=False):
        counts = own.loc[filled(own["group_id"]), "group_id"].value_counts().sort_index().nlargest(top)
        shares = [share(count, len(own)) for count in counts]
        tables.append(pd.DataFrame({"split": split, "group_id": counts.index, "rows": counts.array, "share": shares}))
    return pd.concat(tables)


def unit_table(rows: pd.DataFrame, domain: Domain) -> pd.DataFrame:
    """Counts training rows by entity and unit, most frequent first, with foreign units as written in the label."""
    named = rows[rows["unit"] != ""]
    named = named.assign(entity=pd.Categorical(named["entity_name"], domain.names))
    counts = named.groupby(["entity", "unit", "allowed"], observed=True).size().reset_index(name="rows")
    return _with_share(counts.sort_values(["entity", "rows"], ascending=[True, False], kind="stable"), "entity")


def values_by_entity(rows: pd.DataFrame, domain: Domain) -> dict[str, pd.Series[float]]:
    """Returns labelled values in base units, without entities that have none."""
    values = rows["value"].dropna().groupby(rows["entity_name"])
    return {entity: values.get_group(entity) for entity in domain.names if entity in values.groups}


def value_statistics(entity: str, values: pd.Series[float], domain: Domain) -> dict[str, Any]:
    """Returns median, outer percentiles and extremes in the base unit, rounded to six significant digits."""
    figures = np.percentile(values, (0, 1, 50, 99, 100))
    named = zip(("min", "p01", "median", "p99", "max"), (float(f"{each:.6g}") for each in figures), strict=True)
    return {"unit": base_unit(entity, domain), "rows": len(values), **dict(named)}


def value_bins(values: pd.Series[float]) -> pd.Series[float]:
    """Returns the numbers of positive values' bins on a logarithmic scale."""
    # Rounded, so that the last digit of a logarithm does not decide about the bin.
    return values.map(math.log10).round(9) // _DECADES


def histogram(entity: str, values: pd.Series[float], domain: Domain) -> pd.DataFrame:
    """Counts rows per bin of log10 of the value, with empty bins in between; ``log10_value`` is the middle of a bin."""
    bins = value_bins(values)
    numbers = np.arange(bins.min(), bins.max() + 1)
    counts = bins.value_counts().reindex(numbers, fill_value=0)
    middles = (numbers + 0.5) * _DECADES
    table = {"entity": entity, "unit": base_unit(entity, domain), "log10_value": middles, "rows": counts.array}
    return _with_share(pd.DataFrame(table), "entity")


def share(part: int, whole: int) -> float:
    """Returns a share with four decimals."""
    return round(part / whole, 4)


def _with_share(table: pd.DataFrame, whole: str) -> pd.DataFrame:
    """Adds the share of each row's count in the rows with the same value of the column ``whole``."""
    totals = table.groupby(whole, observed=True)["rows"].transform("sum")
    return table.assign(share=[share(part, total) for part, total in zip(table["rows"], totals, strict=True)])


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
