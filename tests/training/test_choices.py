"""The derivatives that the boosted trees are fitted with, against those of the network's loss."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from imagequant.training.choices import Choices
from imagequant.training.loss import choice_loss

# An answer that is printed twice among three candidates; no answer is right; one candidate that is not the sibling's.
CHOICES = Choices(
    starts=np.array([0, 3, 5]),
    right=np.array([True, False, True, False, False, False, True]),
    none_is_right=np.array([False, True, True]),
    weights=np.array([1.0, 1.0, 0.3]),
)
scores = st.lists(st.floats(-30, 30), min_size=7, max_size=7).map(np.array)


def loss(values: torch.Tensor) -> torch.Tensor:
    logits = torch.cat([values, torch.zeros(1, dtype=torch.float64)])
    right = torch.from_numpy(CHOICES.right)
    own = [
        choice_loss(logits[[*places, 7]][None], right[places][None], torch.tensor([answerable]))
        for places, answerable in (([0, 1, 2], True), ([3, 4], False))
    ]
    allowed = torch.logsumexp(logits[[6, 7]], 0) - torch.logsumexp(logits[[5, 6, 7]], 0)
    return sum(own) - 0.3 * allowed


@given(scores)
def test_derivatives_are_those_of_the_networks_loss(values: np.ndarray) -> None:
    first, second = CHOICES.derivatives(values)
    tensor = torch.from_numpy(values).requires_grad_()
    loss(tensor).backward()
    np.testing.assert_allclose(first, tensor.grad.numpy(), atol=1e-9)
    assert (second > 0).all()
