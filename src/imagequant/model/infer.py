"""Running the network over examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from imagequant.model.batching import batches, collate
from imagequant.model.examples import Example
from imagequant.model.network import to_tensors

_BATCH = 64


@torch.no_grad()
def infer(network: nn.Module, examples: Sequence[Example]) -> list[NDArray[np.float32]]:
    """Logits of each example: its candidates', then that of "no answer"."""
    network.eval()
    logits: list[NDArray[np.float32]] = []
    for batch in batches(examples, _BATCH):
        scores = network(*to_tensors(collate(batch))).numpy()
        logits.extend(np.append(row[: len(e.candidates)], row[-1]) for row, e in zip(scores, batch, strict=True))
    return logits
