"""Exported networks on OpenVINO."""

from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from imagequant.core.locations import at_hand
from imagequant.imaging.compilation import Compilation
from imagequant.imaging.networks import compile_network
from imagequant.model.batching import Inputs

# Name of the exported ranker's output.
LOGITS = "logits"


def load_ranker(path: Path, kept: Path | None = None) -> ov.InferRequest:
    """Load a ranker to run on one core; a single photo is too little work for more (``kept``: see ``Compilation``)."""
    with at_hand(path) as local:
        return compile_network(local, "f32", Compilation(kept))


def run_ranker(ranker: ov.InferRequest, inputs: Inputs) -> NDArray[np.float32]:
    """Return the logits of a batch, without passing inputs that disabled parts of the network do not use."""
    wanted = {entry.any_name for entry in ranker.model_inputs}
    ranker.infer({name: array for name, array in zip(Inputs._fields, inputs, strict=True) if name in wanted})
    logits: NDArray[np.float32] = ranker.get_tensor(LOGITS).data.copy()
    return logits
