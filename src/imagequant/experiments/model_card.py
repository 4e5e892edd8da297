"""The model card of the exported model: what it was trained on, how it was measured, and where it fails.

``python -m imagequant.experiments.model_card models/export > card.md`` in a project folder; every figure is read from
``metrics/``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagequant.core.files import read_json
from imagequant.experiments.cross_validation.run import METRICS_FILE
from imagequant.model.bundle import Bundle, read_bundle
from imagequant.params import Params, load_params
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

## Training data

{train_photos} generated product photos and no real one. {rows} questions about {photos} of them are held out for the
figures below; {calibration} answers calibrate the confidence. CNN: {cnn}. OCR engines: {engines}.

## Held-out generated photos

| | |
|---|---|
| Contest F1 | {f1} ({f1_low} to {f1_high}) on {rows} questions |
| Share of answerable questions answered at 95% precision | {coverage} |
| Expected calibration error of the confidence | {ece} |

| entity | contest F1 | questions |
|---|---|---|
{entities}

## Real photos

Labelled photos from the Amazon ML Challenge 2024, none of which this recipe was trained on (95% intervals by
bootstrap over photos):

| | value | interval | questions |
|---|---|---|---|
{real}

Expected calibration error of the confidence there: {real_ece}.

## Confidence

An answer's confidence is the calibrated probability that it is right. On held-out generated photos these confidences
reached these precisions:

| precision | confidence |
|---|---|
{thresholds}

## Limits

- It answers only what OCR reads: tiny, curved, low-contrast and seven-segment print is often lost.
- Of several unnamed lengths it may take the wrong one, above all for the depth.
- Doses, displays and amounts of ingredients can be taken for the weight of the product.
- Of a quantity in two units it answers one, of a range one end.
"""


def model_card(bundle: Bundle, params: Params, held_out: Mapping[str, Any], real: Mapping[str, Any]) -> str:
    """Return the card as Markdown.

    Args:
        bundle: The exported model.
        params: Those it was made with.
        held_out: ``metrics/evaluate/summary.json``.
        real: ``metrics/cross_validation/real.json``; the figures of the model without real photos are used.
    """
    by_entity, figures = held_out["by_entity"], real["synthetic_only"]
    calibration = bundle.model.calibration
    low, high = held_out["ci95"]["contest_f1"]
    return _TEMPLATE.format(
        name=bundle.info.name,
        version=bundle.info.version,
        sha256=bundle.info.sha256,
        train_photos=params.synthetic.train_photos,
        rows=held_out["rows"],
        photos=held_out["photos"],
        calibration=calibration.rows,
        cnn=held_out["cnn_weights"],
        engines=", ".join(params.ocr.engines),
        f1=f"{held_out['contest_f1']:.3f}",
        f1_low=f"{low:.3f}",
        f1_high=f"{high:.3f}",
        coverage=f"{held_out['coverage_at_95']:.2f}",
        ece=f"{held_out['expected_calibration_error']:.3f}",
        entities="\n".join(f"| {name} | {row['contest_f1']:.3f} | {row['rows']} |" for name, row in by_entity.items()),
        real="\n".join(_real_row(title, figures[key]) for key, title in _REAL.items()),
        real_ece=f"{real['expected_calibration_error']['synthetic_only']:.3f}",
        thresholds="\n".join(
            f"| {precision:g} | {f'{threshold:.2f}' if threshold < 1 else 'not reached'} |"
            for precision, threshold in calibration.precise
        ),
    )


def _real_row(title: str, figure: Mapping[str, Any]) -> str:
    low, high = figure["ci95"]
    return f"| {title} | {figure['value']:.3f} | {low:.3f} to {high:.3f} | {figure['rows']} |"


def main(exported: str) -> None:
    """Print the card of an exported model of the project in the current folder."""
    layout = Layout(Path())
    sys.stdout.write(
        model_card(
            read_bundle(Path(exported)),
            load_params(Path("params.yaml")),
            read_json(layout.metrics("evaluate") / "summary.json"),
            read_json(layout.metrics("cross_validation") / METRICS_FILE),
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
