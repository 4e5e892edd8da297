"""The table of normalised labels, which training and evaluation read."""

from __future__ import annotations

import pyarrow as pa

LABELS_FILE = "labels.parquet"
LABELS_SCHEMA = pa.schema(
    [
        ("row_id", pa.int64()),
        ("source", pa.string()),
        ("source_row", pa.int64()),
        ("image_link", pa.string()),
        ("sha256", pa.string()),  # empty where the image could not be had
        ("group_id", pa.string()),
        ("entity", pa.string()),
        ("entity_value", pa.string()),
        ("status", pa.string()),  # ok, empty, rejected
        ("reason", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("split", pa.string()),  # train, development, validation
        ("extra", pa.string()),  # further columns of the raw file, as JSON
    ]
)
