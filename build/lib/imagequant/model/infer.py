"""Inference."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from imagequant.core.iteration import chunks
from imagequant.model.batching import collate
from imagequant.model.examples import Example
from imagequant.model.network import to_tensors

_BATCH = 64


def infer(network: nn.Module, examples: Iterable[Example]) -> Iterator[tuple[Example, NDArray[np.float32]]]:
    """Yield each example with the logits of its candidates and of "no answer"; one batch in memory at a time.

    Examples are decided together with their siblings (see ``joint``).
    """
    network.eval()
    for batch in chunks(examples, _BATCH):
        for example, row in zip(batch, _scores(network, batch), strict=True):
            yield example, np.append(row[: len(example.quantities)], row[-1])


@torch.no_grad()
def _scores(network: nn.Module, batch: Sequence[Example]) -> NDArray[np.float32]:
    return np.asarray(network(*to_tensors(collate(batch))).numpy())[: len(batch)]
