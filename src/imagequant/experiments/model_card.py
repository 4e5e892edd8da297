"""The model card of the exported model: what it was trained on, how it was measured, and where it fails.

``python -m imagequant.experiments.model_card models/export > card.md`` in a project folder; every figure is read from
``metrics/``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagequant.core.files import read_json
from imagequant.evaluation.metrics import CARD_FILE, SUMMARY_FILE
from imagequant.experiments.cross_validation.run import METRICS_FILE
from imagequant.model.bundle import ModelInfo, read_bundle
from imagequant.storage.layout import Layout

_REAL = {
    "contest_f1_hand": "Contest F1, labels checked by hand",
    "contest_f1_all": "Contest F1, all rows of the contest's training set",
    "contest_f1_dimensions": "Contest F1, heights and widths labelled by eye",
    "coverage_at_95": "Share of answerable questions answered at 95% precision",
    "coverage_at_99": "Share of answerable questions answered at 99% precision",
}
_TEMPLATE = """# Model card: {name} {version}

Reads weight, volume, voltage, wattage and dimensions off product photos. SHA-256 `{sha256}`; every answer states it.

{about}

## Held-out rows of the training data

| | |
|---|---|
| Contest F1 | {f1} ({f1_low} to {f1_high}) on {rows} questions about {photos} photos |
| Share of answerable questions answered at 95% precision | {coverage} |
| Expected calibration error of the confidence | {ece} |

| entity | contest F1 | questions |
|---|---|---|
{entities}

## Real photos

Labelled photos from the Amazon ML Challenge 2024, on none of which this model was trained (95% intervals by bootstrap
over photos):

| | value | interval | questions |
|---|---|---|---|
{real}

Expected calibration error of the confidence there: {real_ece}.
"""


def model_card(info: ModelInfo, about: Mapping[str, str], held_out: Mapping[str, Any], real: Mapping[str, Any]) -> str:
    """Return the card as Markdown.

    Args:
        info: Which model it is.
        about: ``metrics/evaluate/model_card.json``.
        held_out: ``metrics/evaluate/summary.json``.
        real: ``metrics/cross_validation/real.json``; the figures of the model without real photos are used.
    """
    by_entity, figures = held_out["by_entity"], real["synthetic_only"]
    low, high = held_out["ci95"]["contest_f1"]
    return _TEMPLATE.format(
        name=info.name,
        version=info.version,
        sha256=info.sha256,
        about="\n".join(f"- **{title}**: {text}" for title, text in about.items()),
        rows=held_out["rows"],
        photos=held_out["photos"],
        f1=f"{held_out['contest_f1']:.3f}",
        f1_low=f"{low:.3f}",
        f1_high=f"{high:.3f}",
        coverage=f"{held_out['coverage_at_95']:.2f}",
        ece=f"{held_out['expected_calibration_error']:.3f}",
        entities="\n".join(f"| {name} | {row['contest_f1']:.3f} | {row['rows']} |" for name, row in by_entity.items()),
        real="\n".join(_real_row(title, figures[key]) for key, title in _REAL.items()),
        real_ece=f"{real['expected_calibration_error']['synthetic_only']:.3f}",
    )


def _real_row(title: str, figure: Mapping[str, Any]) -> str:
    low, high = figure["ci95"]
    return f"| {title} | {figure['value']:.3f} | {low:.3f} to {high:.3f} | {figure['rows']} |"


def main(exported: str) -> None:
    """Print the card of an exported model of the project in the current folder."""
    layout = Layout(Path())
    evaluated = layout.metrics("evaluate")
    real = read_json(layout.metrics("cross_validation") / METRICS_FILE)
    info = read_bundle(Path(exported)).info
    sys.stdout.write(model_card(info, read_json(evaluated / CARD_FILE), read_json(evaluated / SUMMARY_FILE), real))


if __name__ == "__main__":
    main(*sys.argv[1:])
