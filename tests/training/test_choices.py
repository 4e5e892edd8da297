"""The loss of the boosted trees against the network's, and its derivatives against finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from imagequant.training.choices import Choices
from imagequant.training.loss import choice_loss

# An answer that is printed twice among three candidates; no answer is right; one candidate that is not the sibling's.
LISTS = ([0, 1, 2], [3, 4], [5, 6])
CHOICES = Choices(
    starts=np.array([0, 3, 5]),
    right=np.array([True, False, True, False, False, False, True]),
    none_is_right=np.array([False, True, True]),
    weights=np.array([1.0, 1.0, 0.3]),
)
scores = st.lists(st.floats(-30, 30), min_size=7, max_size=7).map(np.array)


@given(scores)
def test_losses_are_those_of_the_network(values: np.ndarray) -> None:
    losses = CHOICES.losses(values)
    for places, answerable, loss in zip(LISTS[:2], (True, False), losses, strict=False):
        logits = torch.tensor([[*values[places], 0.0]], dtype=torch.float64)
        expected = choice_loss(logits, torch.tensor(CHOICES.right[places])[None], torch.tensor([answerable]))
        assert loss == pytest.approx(float(expected), abs=1e-9)
    excluded, other = np.exp(values[5:])
    assert losses[2] == pytest.approx(0.3 * np.log((excluded + other + 1) / (other + 1)), rel=1e-6, abs=1e-9)


@given(scores)
def test_first_derivatives_are_those_of_the_losses(values: np.ndarray) -> None:
    first, second = CHOICES.derivatives(values)
    step = 1e-5
    for place in range(len(values)):
        moved = np.zeros(len(values))
        moved[place] = step
        slope = (CHOICES.losses(values + moved).sum() - CHOICES.losses(values - moved).sum()) / (2 * step)
        assert first[place] == pytest.approx(slope, abs=1e-5)
    assert (second > 0).all()
