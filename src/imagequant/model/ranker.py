"""Exported networks on ONNX Runtime."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imagequant.core.locations import at_hand
from imagequant.model.batching import Inputs

# Must be set before the import: ONNX Runtime 1.29 and later send telemetry over the network.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

# Name of the exported ranker's output.
LOGITS = "logits"


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """Open a CPU session with one thread; a single photo is too little work for more."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    with at_hand(path) as local:
        return onnxruntime.InferenceSession(str(local), options, providers=["CPUExecutionProvider"])


def run_ranker(session: onnxruntime.InferenceSession, inputs: Inputs) -> NDArray[np.float32]:
    """Return the logits of a batch, without passing inputs that disabled parts of the network do not use."""
    wanted = {entry.name for entry in session.get_inputs()}
    feed = {name: array for name, array in zip(Inputs._fields, inputs, strict=True) if name in wanted}
    return np.asarray(session.run([LOGITS], feed)[0])
