"""How well an answer's box overlaps the print, on the generated photos: ``python -m benchmarks.quality.boxes``.

Intersection over union of the answer's box and the true one, for right answers. Needs what ``dvc repro`` leaves; writes
``metrics/bench/boxes.json``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import click
import numpy as np
import pyarrow.parquet as pq

from benchmarks.speed.harness import ROOT
from imagequant import load_predictor
from imagequant.core.files import write_json
from imagequant.core.records import Box
from imagequant.quantity.labels import parse_label
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.storage.layout import Layout
from imagequant.storage.raw import iterate_raw_file

_OUTPUT = ROOT / "metrics" / "bench" / "boxes.json"


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    shared = one.intersection(other)
    return shared / (one.area + other.area - shared)


@click.command()
@click.option("--every", type=click.IntRange(min=1), default=4, show_default=True, help="Take every nth photo.")
def main(every: int) -> None:
    """Answer generated photos and compare the boxes of right answers with the true ones."""
    layout = Layout(ROOT)
    folder = layout.data("synthetic")
    labels = {
        (row.image_link, row.entity_name): parse_label(row.entity_value)
        for row in iterate_raw_file(folder / "train.csv", "train.csv", "train")
    }
    true: dict[str, dict[str, Box]] = defaultdict(dict)
    for row in pq.read_table(folder / "boxes.parquet").to_pylist():
        true[row["image_link"]][row["entity_name"]] = Box(row["x0"], row["y0"], row["x1"], row["y1"])
    predictor = load_predictor(layout.models("export"))
    overlaps = []
    links = [link for link in sorted(true) if any(link == asked for asked, _ in labels)][::every]
    for link in links:
        for answer in predictor.predict(folder / link, list(true[link])):
            truth = Quantity(labels[link, answer.entity].value, labels[link, answer.entity].unit)
            if answer.quantity and answer.box and same_quantity(answer.quantity, truth):
                overlaps.append(overlap(answer.box, true[link][answer.entity]))
    values = np.array(overlaps)
    figures: dict[str, Any] = {
        "photos": len(links),
        "right_answers": len(values),
        "median_overlap": round(float(np.median(values)), 3),
        "share_at_least_half": round(float((values >= 0.5).mean()), 3),
    }
    write_json(_OUTPUT, figures)
    click.echo(figures)


if __name__ == "__main__":
    main()
