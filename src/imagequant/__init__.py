"""ImageQuant reads quantities (weight, volume, voltage, dimensions) off product photos.

``load_predictor`` opens an exported model; what it answers are ``Predictions``, one ``Prediction`` per
entity. What a person can put right raises ``InputError``. All names load when first used.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagequant.core.errors import InputError
    from imagequant.predictor.prediction import Alternative, Prediction
    from imagequant.predictor.predictor import Predictor, load_predictor
    from imagequant.predictor.printed import PrintedQuantity
    from imagequant.predictor.results import Predictions, Product
    from imagequant.quantity.scoring import Quantity

_PUBLIC = {
    "Alternative": "imagequant.predictor.prediction",
    "InputError": "imagequant.core.errors",
    "Prediction": "imagequant.predictor.prediction",
    "Predictions": "imagequant.predictor.results",
    "Predictor": "imagequant.predictor.predictor",
    "PrintedQuantity": "imagequant.predictor.printed",
    "Product": "imagequant.predictor.results",
    "Quantity": "imagequant.quantity.scoring",
    "load_predictor": "imagequant.predictor.predictor",
}
__all__ = [
    "Alternative",
    "InputError",
    "Prediction",
    "Predictions",
    "Predictor",
    "PrintedQuantity",
    "Product",
    "Quantity",
    "load_predictor",
]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    """Loads a public name: `import imagequant` alone costs no second of torch."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)
