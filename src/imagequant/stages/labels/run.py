"""``data/sources`` + the download manifest -> ``data/labels/labels.parquet``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from imagequant.errors import InputError
from imagequant.layout import Layout
from imagequant.params import LabelsParams, Params
from imagequant.quantity.labels import parse_label
from imagequant.stages.labels.split import SplitRow, split_rows
from imagequant.storage.files import fresh_folder
from imagequant.storage.labels import LABELS_FILE, LABELS_SCHEMA
from imagequant.storage.manifest import images_by_link, read_manifest
from imagequant.storage.raw import RawRow, read_raw, row_problem
from imagequant.storage.tables import write_table

Hashes = Mapping[tuple[str, str], str]


def run(params: Params, layout: Layout) -> None:
    """Normalises the labels of all training rows and splits them."""
    rows = read_raw(layout.data("sources"), "train")
    hashes = images_by_link(read_manifest(layout.data("download") / "train"))
    check_sources(params.labels, {row.source for row in rows})
    labels = label_rows(rows, hashes, params.labels)
    folder = fresh_folder(layout.data("labels"))
    write_table(folder / LABELS_FILE, labels, LABELS_SCHEMA)
    print(f"labels: {summary(labels)}", file=sys.stderr)


def label_rows(rows: Sequence[RawRow], hashes: Hashes, params: LabelsParams) -> list[dict[str, Any]]:
    """One table row a raw row, in order.

    Args:
        rows: Raw training rows.
        hashes: Content hash by (source, link); empty or absent where the image could not be had.
        params: The split's parameters.
    """
    images = [hashes.get((row.source, row.image_link), "") for row in rows]
    keys = [
        SplitRow(row.source, image or f"link:{row.image_link}", row.group_id)
        for row, image in zip(rows, images, strict=True)
    ]
    parts = split_rows(keys, params)
    return [
        _label_row(number, row, image, part)
        for number, (row, image, part) in enumerate(zip(rows, images, parts, strict=True))
    ]


def _label_row(number: int, row: RawRow, image: str, part: str) -> dict[str, Any]:
    problem = row_problem(row)
    label = parse_label(row.entity_value, row.entity_name) if not problem else None
    usable = label is not None and label.status == "ok"
    return {
        "row_id": number,
        "source": row.source,
        "source_row": row.row,
        "image_link": row.image_link,
        "sha256": image,
        "group_id": row.group_id,
        "entity": row.entity_name,
        "entity_value": row.entity_value,
        "status": label.status if label else "rejected",
        "reason": label.reason if label else "bad_row",
        "value": label.value if label and usable else None,
        "unit": label.unit if label else "",
        "low": label.low if label and usable else None,
        "high": label.high if label and usable else None,
        "split": part,
        "extra": json.dumps(dict(row.extra), sort_keys=True, ensure_ascii=False),
    }


def check_sources(params: LabelsParams, sources: set[str]) -> None:
    """Refuses names in ``train_only`` and ``validation_only`` that no raw file has.

    Raises:
        InputError: Names the key and what is allowed.
    """
    for key in ("train_only", "validation_only"):
        for name in getattr(params, key):
            if name not in sources:
                raise InputError(f"labels.{key}: {name} is not in data.train ({', '.join(sorted(sources))})")


def summary(labels: Sequence[Mapping[str, Any]]) -> str:
    """``520 rows: 400 train, ...; 12 rejected (unknown_unit 12)``."""
    parts = Counter(row["split"] for row in labels)
    reasons = Counter(row["reason"] for row in labels if row["status"] == "rejected")
    text = f"{len(labels)} rows: " + ", ".join(f"{parts[name]} {name}" for name in sorted(parts))
    if reasons:
        detail = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
        text += f"; {reasons.total()} rejected ({detail})"
    return text
