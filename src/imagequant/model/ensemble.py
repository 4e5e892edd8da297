"""Several networks, trained from different seeds, answering together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from imagequant.model.network import HybridNetwork, NetworkConfig


class Ensemble(nn.Module):
    """Averages its members' probabilities.

    Source: B. Lakshminarayanan et al., "Simple and scalable predictive uncertainty estimation using deep ensembles"
    (2017). With few rows, members differ most where they are wrong.
    """

    def __init__(self, members: Sequence[HybridNetwork]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    @classmethod
    def untrained(cls, config: NetworkConfig, count: int) -> Ensemble:
        """An ensemble to load weights into."""
        return cls([HybridNetwork(config) for _ in range(count)])

    def forward(
        self,
        ngrams: Tensor,
        token_features: Tensor,
        token_mask: Tensor,
        candidate_features: Tensor,
        candidate_ids: Tensor,
        candidate_tokens: Tensor,
        candidate_mask: Tensor,
        centers: Tensor,
        entity: Tensor,
        group: Tensor,
        pooled: Tensor,
        grid: Tensor,
    ) -> Tensor:
        """Log probabilities of the candidates of B questions and of "no answer" (see ``HybridNetwork.forward``).

        Returns:
            float32 (B, C + 1); masked candidates get about -1e4.
        """
        inputs = (
            ngrams, token_features, token_mask, candidate_features, candidate_ids, candidate_tokens, candidate_mask,
            centers, entity, group, pooled, grid,
        )  # fmt: skip
        logs = torch.stack([torch.log_softmax(member(*inputs), dim=1) for member in self.members])
        return torch.logsumexp(logs, dim=0) - math.log(len(self.members))
