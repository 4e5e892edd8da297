"""The ensemble of networks with different seeds and boosted trees."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from imagequant.model.config import NetworkConfig, TreesConfig
from imagequant.model.network import HybridNetwork
from imagequant.model.trees import BoostedTrees


class Ensemble(nn.Module):
    """Averages its members' probabilities, then mixes them with the trees' by the trees' weight.

    Source: B. Lakshminarayanan et al., "Simple and scalable predictive uncertainty estimation using deep ensembles"
    (2017). With little data, members differ most where they are wrong, and trees make other errors than networks.
    """

    def __init__(self, members: Sequence[HybridNetwork], trees: BoostedTrees | None = None) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.trees = trees

    @classmethod
    def untrained(cls, config: NetworkConfig, count: int, trees: TreesConfig | None = None) -> Ensemble:
        """Return an ensemble to load weights into."""
        return cls([HybridNetwork(config) for _ in range(count)], BoostedTrees(trees) if trees else None)

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
        """Return log probabilities of the candidates of B questions and of "no answer" (see ``HybridNetwork.forward``).

        Returns:
            float32 (B, C + 1); masked candidates get about -1e4.
        """
        inputs = (
            ngrams, token_features, token_mask, candidate_features, candidate_ids, candidate_tokens, candidate_mask,
            centers, entity, group, pooled, grid,
        )  # fmt: skip
        logs = torch.stack([torch.log_softmax(member(*inputs), dim=1) for member in self.members])
        together = torch.logsumexp(logs, dim=0) - math.log(len(self.members))
        if self.trees is None:
            return together
        weight = self.trees.config.weight
        boosted = torch.log_softmax(self.trees(candidate_features, candidate_ids, candidate_mask, entity), dim=1)
        # Not logaddexp, which has no ONNX operator.
        return torch.logsumexp(torch.stack([together + math.log(1 - weight), boosted + math.log(weight)]), dim=0)
