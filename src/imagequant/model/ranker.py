"""Opening and running exported networks."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imagequant.core.locations import at_hand
from imagequant.model.batching import Inputs

# Before it loads: since version 1.29 it otherwise tells its makers over the network how it is used.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

# What the exported ranker calls its output.
LOGITS = "logits"


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """A session on the CPU with one thread: one photo at a time is too little work to share."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    with at_hand(path) as local:
        return onnxruntime.InferenceSession(str(local), options, providers=["CPUExecutionProvider"])


def run_ranker(session: onnxruntime.InferenceSession, inputs: Inputs) -> NDArray[np.float32]:
    """Logits of a batch; inputs that a switched-off part of the network left unused are not asked for."""
    wanted = {entry.name for entry in session.get_inputs()}
    feed = {name: array for name, array in zip(Inputs._fields, inputs, strict=True) if name in wanted}
    return np.asarray(session.run([LOGITS], feed)[0])
