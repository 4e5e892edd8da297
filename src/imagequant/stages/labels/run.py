"""``data/sources`` + the download manifest -> ``data/labels/labels.parquet``."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder
from imagequant.evaluation.folds import SplitPlan, SplitRow, plan_split
from imagequant.params import LabelsParams, Params
from imagequant.quantity.domain import Domain
from imagequant.quantity.labels import parse_label
from imagequant.storage.labels import LABELS, LABELS_FILE, LabelRow
from imagequant.storage.layout import Layout
from imagequant.storage.manifest import ImagesByLink, images_by_link, iterate_manifest
from imagequant.storage.raw import RawRow, iterate_raw, row_problem, split_sources
from imagequant.storage.tables import iterate_rows


def run(params: Params, layout: Layout) -> None:
    """Normalises the labels of all training rows and splits them; reads the rows twice, a few at a time."""
    check_sources(params.labels, set(split_sources(layout, "train")))
    images = images_by_link(iterate_manifest(layout.data("download") / "train"))
    plan = plan_split((split_key(row, images) for row in iterate_raw(layout, "train")), params.labels)
    folder = fresh_folder(layout.data("labels"))
    LABELS.write(folder / LABELS_FILE, label_rows(iterate_raw(layout, "train"), images, plan, params.domain))
    columns = iterate_rows(folder / LABELS_FILE, ["split", "status", "reason"])
    print(f"labels: {format_summary(columns)}", file=sys.stderr)


def split_key(row: RawRow, images: ImagesByLink) -> SplitRow:
    """Returns what the split depends on; if there is no image, its link stands for it."""
    return SplitRow(row.source, images.get((row.source, row.image_link)) or f"link:{row.image_link}", row.group_id)


def label_rows(rows: Iterable[RawRow], images: ImagesByLink, plan: SplitPlan, domain: Domain) -> Iterator[LabelRow]:
    """Yields one table row per raw row, in order; the plan is that of the ``split_key`` of the same rows."""
    for number, row in enumerate(rows):
        is_bad = row_problem(row, domain.names)
        label = None if is_bad else parse_label(row.entity_value, domain.entities[row.entity_name])
        usable = label if label and label.status == "ok" else None
        yield LabelRow(
            row_id=number,
            source=row.source,
            source_row=row.row,
            image_link=row.image_link,
            sha256=images.get((row.source, row.image_link)) or "",
            group_id=row.group_id,
            entity=row.entity_name,
            entity_value=row.entity_value,
            status=label.status if label else "rejected",
            reason=label.reason if label else "bad_row",
            value=usable.value if usable else None,
            unit=label.unit if label else "",
            low=usable.low if usable else None,
            high=usable.high if usable else None,
            split=plan.part(split_key(row, images)),
            extra=json.dumps(dict(row.extra), sort_keys=True, ensure_ascii=False),
        )


def check_sources(params: LabelsParams, sources: set[str]) -> None:
    """Checks that ``train_only`` and ``validation_only`` name raw files."""
    for key in ("train_only", "validation_only"):
        for name in getattr(params, key):
            if name not in sources:
                raise InputError(f"labels.{key}: {name} is not in sources.train ({', '.join(sorted(sources))})")


def format_summary(labels: Iterable[Mapping[str, Any]]) -> str:
    """Returns ``520 rows: 400 train, ...; 12 rejected (unknown_unit 12)``."""
    parts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for row in labels:
        parts[row["split"]] += 1
        reasons[row["reason"]] += row["status"] == "rejected"
    text = f"{parts.total()} rows: " + ", ".join(f"{parts[name]} {name}" for name in sorted(parts))
    detail = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()) if count)
    return f"{text}; {reasons.total()} rejected ({detail})" if detail else text
