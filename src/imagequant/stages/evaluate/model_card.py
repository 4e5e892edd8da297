"""What the report says about the model: only from what the stage depends on, so that equal inputs give equal bytes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from imagequant.model.config import ModelConfig
from imagequant.params import EvaluateParams
from imagequant.storage.labels import LabelRow

Line = tuple[str, str]
_LIMITS = (
    "It answers only what OCR reads, and one of the quantities that are printed: it never estimates. Tiny, curved and "
    "low-contrast print is often lost. Of several unnamed lengths it may take the wrong one, above all for the depth."
)


def card(
    config: ModelConfig, labels: Iterable[LabelRow], summary: Mapping[str, Any], params: EvaluateParams
) -> list[Line]:
    """Return the lines of the model card."""
    calibration, network = config.calibration, config.network
    parts = [name for name, used in (("LSTM", network.use_lstm), ("CNN", network.use_cnn)) if used]
    parts += ["geometry"] if network.use_geometry else []
    trees = f"{config.trees.trees} trees with a weight of {config.trees.weight:g}" if config.trees else "no trees"
    precise = "; ".join(f"{precision:.0%} from {threshold:.3f}" for precision, threshold in calibration.precise)
    return [
        (
            "Use",
            "Ranks the quantities read on a product photo for each question, and abstains if none is likely enough.",
        ),
        ("Limits", _LIMITS),
        ("Trained on", _sources(labels)),
        ("Network", f"{config.members} members with {', '.join(parts)}; {trees}"),
        ("CNN", str(summary["cnn_weights"])),
        ("Confidence", f"calibrated on {calibration.rows} answers, {calibration.wrong} of them wrong"),
        ("Threshold", f"answers need a confidence of {calibration.threshold:.3f}"),
        ("Precision", f"in training: {precise}" if precise else "not measured in training"),
        ("Evaluated on", f"{summary['rows']} rows on {summary['photos']} photos"),
        ("Parameters", ", ".join(f"evaluate.{name} {value}" for name, value in sorted(vars(params).items()))),
    ]


def _sources(labels: Iterable[LabelRow]) -> str:
    counts = Counter(label.source for label in labels if label.split != "validation" and label.status != "rejected")
    return ", ".join(f"{count} rows of {source}" for source, count in sorted(counts.items())) or "no rows"
