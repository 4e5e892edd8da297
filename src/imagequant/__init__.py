"""ImageQuant reads quantities (weight, volume, voltage, dimensions) off product photos.

``load_predictor``, ``Predictor``, ``Prediction`` and ``Quantity`` are the public API; they load when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagequant.quantity.scoring import Quantity
    from imagequant.serving.prediction import Prediction
    from imagequant.serving.predictor import Predictor, load_predictor

_PUBLIC = {
    "Prediction": "imagequant.serving.prediction",
    "Predictor": "imagequant.serving.predictor",
    "Quantity": "imagequant.quantity.scoring",
    "load_predictor": "imagequant.serving.predictor",
}
__all__ = ["Prediction", "Predictor", "Quantity", "load_predictor"]


def __getattr__(name: str) -> object:
    """Loads a public name: `import imagequant` alone costs no second of torch."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)
