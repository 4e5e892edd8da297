"""What must hold for the cells of every table, declared with pandera.

Names and types of the columns are declared where a table is written (``imagequant.storage``); here is what its values
may be, and how columns of a row hang together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pandas as pd
from pandera.pandas import Check, Column, DataFrameSchema

from imagequant.params import OcrEngineName
from imagequant.quantity.units import ENTITIES, ENTITY_UNITS, UNITS
from imagequant.storage.manifest import FAILED, OK

_HASH = Check.str_matches(r"\A[0-9a-f]{64}\Z", error="a SHA-256")
_HASH_OR_NONE = Check.str_matches(r"\A([0-9a-f]{64})?\Z", error="a SHA-256 or nothing")
_FILLED = Check.str_matches(r"\s*\S", error="not empty")
_SHARE = Check.in_range(0.0, 1.0, error="from 0 to 1")
_FROM_0 = Check.ge(0, error="0 or more")
_FROM_1 = Check.ge(1, error="1 or more")
_DEGREES = Check.in_range(0, 359, error="from 0 to 359")


def _one_of(names: Sequence[str]) -> Check:
    return Check.isin(list(names), error=f"one of {', '.join(names)}")


_ENGINE = _one_of(get_args(OcrEngineName))
_ENTITY = _one_of(ENTITIES)
_UNIT = _one_of(sorted(UNITS))


def _upright(frame: pd.DataFrame) -> pd.Series:
    return (frame["x0"] <= frame["x1"]) & (frame["y0"] <= frame["y1"])


def _answered_or_failed(frame: pd.DataFrame) -> pd.Series:
    """An image with its place and no reason, or a reason and nothing else."""
    image = (frame["sha256"] != "") & (frame["width"] > 0) & (frame["height"] > 0) & (frame["shard"] >= 0)
    none = (frame["sha256"] == "") & (frame["width"] == 0) & (frame["height"] == 0) & (frame["shard"] == -1)
    return (frame["status"] == OK) & image & (frame["reason"] == "") | (frame["status"] == FAILED) & none & (
        frame["reason"] != ""
    )


def _reason_where_not_ok(frame: pd.DataFrame) -> pd.Series:
    return (frame["status"] == OK) == (frame["reason"] == "")


def _value_where_ok(frame: pd.DataFrame) -> pd.Series:
    numbers = frame[["value", "low", "high"]].notna()
    return numbers.all(axis=1).where(frame["status"] == OK, ~numbers.any(axis=1))


def _within_range(frame: pd.DataFrame) -> pd.Series:
    ends = (frame["low"] <= frame["value"]) & (frame["value"] <= frame["high"])
    return ends | frame["value"].isna()


def _unit_of_entity(frame: pd.DataFrame) -> pd.Series:
    allowed = [
        status != OK or unit in ENTITY_UNITS[entity]
        for status, unit, entity in zip(frame["status"], frame["unit"], frame["entity"], strict=True)
    ]
    return pd.Series(allowed, index=frame.index)


_BOX = {
    "x0": Column(checks=[_FROM_0]),
    "y0": Column(checks=[_FROM_0]),
    "x1": Column(checks=[_FROM_0]),
    "y1": Column(checks=[_FROM_0]),
}
_UPRIGHT = Check(_upright, error="x0 <= x1 and y0 <= y1")
_REASON = Check(_reason_where_not_ok, error="a reason where status is not ok, none where it is")

# Rows of raw files: what the `sources` stage asks of them, or leaves out where data.bad_rows is skip.
RAW = DataFrameSchema({"image_link": Column(checks=[_FILLED]), "entity_name": Column(checks=[_ENTITY])})

MANIFEST = DataFrameSchema(
    {
        "source": Column(checks=[_FILLED]),
        "status": Column(checks=[_one_of((OK, FAILED))]),
        "sha256": Column(checks=[_HASH_OR_NONE]),
        "bytes": Column(checks=[_FROM_0]),
    },
    checks=[Check(_answered_or_failed, error="an image with its size and shard, or a reason and none of them")],
)

PIXELS = DataFrameSchema(
    {
        "sha256": Column(checks=[_HASH]),
        "shard": Column(checks=[_FROM_0]),
        "row": Column(checks=[_FROM_0]),
        "status": Column(checks=[_one_of((OK, FAILED))]),
    },
    checks=[_REASON],
)

LABELS = DataFrameSchema(
    {
        "row_id": Column(checks=[_FROM_0]),
        "source_row": Column(checks=[_FROM_1]),
        "sha256": Column(checks=[_HASH_OR_NONE]),
        "entity": Column(checks=[_ENTITY]),
        "status": Column(checks=[_one_of((OK, "empty", "rejected"))]),
        "value": Column(checks=[Check.gt(0, error="above 0")], nullable=True),
        "split": Column(checks=[_one_of(("train", "development", "validation"))]),
    },
    checks=[
        Check(_value_where_ok, error="value, low and high where status is ok, none of them where it is not"),
        Check(_within_range, error="low <= value <= high"),
        Check(_unit_of_entity, error="a unit of the entity"),
    ],
)

READINGS = DataFrameSchema(
    {
        "sha256": Column(checks=[_HASH]),
        "engine": Column(checks=[_ENGINE]),
        "status": Column(checks=[_one_of((OK, FAILED))]),
        "words": Column(checks=[_FROM_0]),
        "shard": Column(checks=[_FROM_0]),
    },
    checks=[_REASON],
)

WORDS = DataFrameSchema(
    {
        "sha256": Column(checks=[_HASH]),
        "engine": Column(checks=[_ENGINE]),
        "text": Column(checks=[_FILLED]),
        **_BOX,
        "confidence": Column(checks=[_SHARE]),
        "angle": Column(checks=[_DEGREES]),
    },
    checks=[_UPRIGHT],
)

PHOTOS = DataFrameSchema(
    {"sha256": Column(checks=[_HASH]), "width": Column(checks=[_FROM_1]), "height": Column(checks=[_FROM_1])}
)

QUANTITIES = DataFrameSchema(
    {
        "sha256": Column(checks=[_HASH]),
        "unit": Column(checks=[_UNIT]),
        "text": Column(checks=[_FILLED]),
        **_BOX,
        "confidence": Column(checks=[_SHARE]),
        "angle": Column(checks=[_DEGREES]),
        "place": Column(checks=[_FROM_0]),
        "places": Column(checks=[_FROM_1]),
    },
    checks=[
        _UPRIGHT,
        Check(_within_range, error="low <= value <= high"),
        Check(lambda frame: frame["place"] < frame["places"], error="place < places"),
    ],
)


# CSV files: cells are text.
def _share(cells: pd.Series) -> pd.Series:
    return pd.Series(pd.to_numeric(cells, errors="coerce")).between(0.0, 1.0)


_SHARE_TEXT = Check(_share, error="from 0 to 1")

RESULTS = DataFrameSchema(
    {
        "sha256": Column(checks=[_HASH]),
        "entity": Column(checks=[_ENTITY]),
        "confidence": Column(checks=[_SHARE_TEXT]),
        "outcome": Column(checks=[_one_of(("TP", "FP", "FN", "TN"))]),
        "read": Column(checks=[_one_of(("True", "False"))]),
    },
    checks=[
        Check(
            lambda frame: frame["outcome"].isin(["TP", "FP"]) == (frame["prediction"] != ""),
            error="a prediction where the outcome is TP or FP, none where it is not",
        )
    ],
)


def _units_fit(frame: pd.DataFrame) -> pd.Series:
    fits = [
        not prediction or prediction.partition(" ")[2] in ENTITY_UNITS.get(entity, ())
        for prediction, entity in zip(frame["prediction"], frame["entity_name"], strict=True)
    ]
    return pd.Series(fits, index=frame.index)


ANSWERS = DataFrameSchema(
    {
        "prediction": Column(checks=[Check.str_matches(r"\A(\d+(\.\d+)? [a-z ]+)?\Z", error="`x unit` or nothing")]),
        "confidence": Column(checks=[Check(lambda cells: (cells == "") | _share(cells), error="from 0 to 1")]),
    },
    checks=[
        Check(_units_fit, error="a unit of the entity"),
        Check(
            lambda frame: (frame["prediction"] == "") | (frame["confidence"] != ""),
            error="a confidence where there is a prediction",
        ),
    ],
)
