"""The loss that training minimises."""

import torch
from torch import Tensor

# Rows whose answer was not read teach abstention, but less than rows whose photo does not give the answer.
_UNREAD_WEIGHT = 0.25


def choice_loss(logits: Tensor, targets: Tensor, answerable: Tensor) -> Tensor:
    """Return the negative log of the total probability of all right choices.

    Right are the target candidates (the photo may show the answer several times), or "no answer" if there are none.

    Args:
        logits: float32 (B, C + 1), the last column for "no answer".
        targets: bool (B, C).
        answerable: bool (B,): whether the label has an answer, read or not.
    """
    read = targets.any(dim=1)
    right = torch.cat([targets, ~read[:, None]], dim=1)
    chosen = torch.logsumexp(logits.masked_fill(~right, float("-inf")), dim=1)
    losses = torch.logsumexp(logits, dim=1) - chosen
    weights = torch.where(answerable & ~read, _UNREAD_WEIGHT, 1.0)
    return (losses * weights).sum() / weights.sum()
