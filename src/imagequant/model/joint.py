"""One decision per photo: one printed quantity serves only one of the entities that exclude one another.

The answers to a photo's questions are scored separately, then weighed together. An assignment of one answer, or none,
to each of a group of entities is possible if no printed quantity is used twice. Its probability is the product of the
separate ones, and the confidence of an answer is its marginal. With at most three entities in a group the sums have a
closed form, which training differentiates.
"""

from __future__ import annotations

import torch
from torch import Tensor

_SMALLEST = 1e-6


def joint_logits(logits: Tensor, printed: Tensor, siblings: Tensor) -> Tensor:
    """Weigh the answers to each question against those of its siblings.

    Args:
        logits: float32 (R, C + 1): separate logits of the candidates of R questions, then of "no answer".
        printed: int64 (R, C): the number of each candidate's printed quantity on its photo; negative if it may be used
            for several entities.
        siblings: int64 (R, 2): the rows of the questions that are decided with each; negative for none.

    Returns:
        float32 (R, C + 1): unnormalised log marginal probabilities.
    """
    logs = torch.log_softmax(logits, dim=1)
    present = (siblings >= 0).to(logs.dtype)
    rows = siblings.clamp(min=0)
    first, second = (logs[rows[:, place], :-1].exp() * present[:, place : place + 1] for place in (0, 1))
    numbers, other_numbers = printed[rows[:, 0]], printed[rows[:, 1]]
    # Probability that both siblings use one and the same quantity: those assignments are impossible.
    clash = _same(numbers, other_numbers) * first[:, :, None] * second[:, None, :]
    clashes = clash.sum(dim=(1, 2))[:, None]
    # Probabilities that a sibling uses the quantity of each of the question's own candidates.
    same, other_same = _same(printed, numbers), _same(printed, other_numbers)
    used = (same * first[:, None, :]).sum(dim=2)
    other_used = (other_same * second[:, None, :]).sum(dim=2)
    weight = (1 - used) * (1 - other_used) - (clashes - used * other_used)
    weights = torch.cat([weight, 1 - clashes], dim=1)
    return logs + weights.clamp(min=_SMALLEST).log()


def _same(one: Tensor, other: Tensor) -> Tensor:
    """Return float32 (R, C, C): 1 where two candidates are one printed quantity that only one entity may use."""
    return ((one[:, :, None] == other[:, None, :]) & (one[:, :, None] >= 0)).to(torch.float32)
