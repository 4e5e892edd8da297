"""``data/sources`` -> ``metrics/explore/``: ``summary.json``, tables as CSV, three plots."""

import sys
from collections.abc import Mapping
from typing import Any

import pandas as pd

from imagequant.core.files import fresh_folder, write_bytes, write_csv, write_json
from imagequant.params import Params
from imagequant.stages.explore import plots
from imagequant.stages.explore import rows as tabulate
from imagequant.stages.explore.anomalies import Anomalies, test_anomalies, train_anomalies
from imagequant.storage.layout import SPLITS, Layout

_VALUES = ("entity", "unit", "log10_value", "rows", "share")
_EXAMPLES = ("split", "kind", "source", "row", "image_link", "entity_name", "entity_value", "reason")


def run(params: Params, layout: Layout) -> None:
    """Describes the raw rows of both splits."""
    top = params.explore.top
    domain = params.domain
    rows = tabulate.read_rows(layout, domain)
    train, test = (rows[rows["split"] == split] for split in SPLITS)
    anomalies = {
        "train": train_anomalies(train, domain.names),
        "test": test_anomalies(test, train, domain.names),
    }
    values = tabulate.values_by_entity(rows, domain)
    tables = {
        "entities": tabulate.entity_table(rows, domain),
        "units": tabulate.unit_table(rows, domain),
        # Without values there is a header too, because `dvc plots` needs the columns.
        "values": pd.concat(
            [pd.DataFrame(columns=_VALUES), *(tabulate.histogram(*item, domain) for item in values.items())]
        ),
        "groups": tabulate.group_table(rows, top),
        "drift": tabulate.drift_table(rows),
    }
    tables["anomalies"], tables["examples"] = anomaly_tables(rows, anomalies, top)
    splits = {split: split_summary(own, tables["entities"]) for split, own in (("train", train), ("test", test))}
    folder = fresh_folder(layout.metrics("explore"))
    allowed = tables["units"][tables["units"]["allowed"] == "yes"]
    summary = {
        **splits,
        "units": {
            entity: dict(zip(units["unit"], units["share"], strict=True))
            for entity, units in allowed.groupby("entity", observed=True)
        },
        "values": {entity: tabulate.value_statistics(entity, found, domain) for entity, found in values.items()},
        "anomalies": {split: {kind: len(found) for kind, found in anomalies[split].items()} for split in SPLITS},
    }
    write_json(folder / "summary.json", summary)
    for name, table in tables.items():
        write_csv(folder / f"{name}.csv", table.columns.tolist(), table.itertuples(index=False, name=None))
    records = {name: table.to_dict("records") for name, table in tables.items()}
    write_bytes(
        folder / "entities_and_units.png", plots.entities_and_units(records["entities"], records["units"], domain.names)
    )
    write_bytes(folder / "values.png", plots.values(records["values"], domain.names))
    write_bytes(folder / "drift.png", plots.drift(records["drift"]))
    headline = "; ".join(f"{split} {_format_split(splits[split], anomalies[split])}" for split in SPLITS)
    for line in (headline, *tabulate.format_summary(tables["drift"])):
        print(f"explore: {line}", file=sys.stderr)


def split_summary(rows: pd.DataFrame, entities: pd.DataFrame) -> dict[str, Any]:
    """Returns the counts of one split as numbers that can be compared between runs."""
    groups = rows.loc[tabulate.filled(rows["group_id"]), "group_id"].value_counts()
    own = entities[entities["split"] == rows["split"].iloc[0]]
    return {
        "rows": len(rows),
        "photos": rows.loc[rows["photo"] != "", "photo"].nunique(),
        "groups": len(groups),
        "largest_group_share": tabulate.share(groups.max(), len(rows)) if len(groups) else 0.0,
        "entities": dict(zip(own["entity"], own["share"], strict=True)),
    }


def anomaly_tables(
    rows: pd.DataFrame, anomalies: Mapping[str, Anomalies], top: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns one row per split and kind, including kinds without findings; and the first ``top`` rows of each kind."""
    totals = rows["split"].value_counts()
    counts, examples = [], []
    for split in SPLITS:
        for kind, found in anomalies[split].items():
            counts.append((split, kind, len(found), round(len(found) / int(totals[split]), 6)))
            examples.append(rows.loc[found.index[:top]].assign(kind=kind, reason=found[:top]))
    return pd.DataFrame(counts, columns=["split", "kind", "rows", "share"]), pd.concat(examples)[list(_EXAMPLES)]


def _format_split(counts: Mapping[str, Any], anomalies: Anomalies) -> str:
    kinds = ", ".join(f"{kind} {len(found)}" for kind, found in anomalies.items() if len(found))
    return f"{counts['rows']} rows of {counts['photos']} photos, {f'findings: {kinds}' if kinds else 'no anomalies'}"
