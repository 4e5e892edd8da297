"""The ensemble of networks with different seeds and boosted trees."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from imagequant.model.batching import Inputs
from imagequant.model.config import NetworkConfig, TreesConfig
from imagequant.model.joint import joint_logits
from imagequant.model.network import ENTITY_INPUT, SCORED_INPUTS, HybridNetwork
from imagequant.model.trees import BoostedTrees

_TREE_INPUTS = [
    Inputs._fields.index(name) for name in ("candidate_features", "candidate_ids", "candidate_mask", "entity")
]


class Ensemble(nn.Module):
    """Averages its members' probabilities, then mixes them with the trees' by the trees' weight.

    Source: B. Lakshminarayanan et al., "Simple and scalable predictive uncertainty estimation using deep ensembles"
    (2017). With little data, members differ most where they are wrong, and trees make other errors than networks.
    """

    def __init__(self, members: Sequence[HybridNetwork], trees: BoostedTrees | None = None) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.vocabulary = members[0].config.vocabulary
        self.trees = trees

    @classmethod
    def untrained(cls, config: NetworkConfig, count: int, trees: TreesConfig | None = None) -> Ensemble:
        """Return an ensemble to load weights into."""
        return cls([HybridNetwork(config) for _ in range(count)], BoostedTrees(trees) if trees else None)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return log marginals of the candidates of B questions and of "no answer" (see ``HybridNetwork.forward``)."""
        scored = inputs[:SCORED_INPUTS]
        logs = torch.stack([torch.log_softmax(member.scores(*scored), dim=1) for member in self.members])  # type: ignore[operator]
        together = torch.logsumexp(logs, dim=0) - math.log(len(self.members))
        if self.trees is not None:
            weight = self.trees.config.weight
            features, ids, mask, entity = (inputs[at] for at in _TREE_INPUTS)
            boosted = torch.log_softmax(self.trees(features, ids, mask, entity), dim=1)
            # Not logaddexp, which has no ONNX operator.
            mixed = torch.stack([together + math.log(1 - weight), boosted + math.log(weight)])
            together = torch.logsumexp(mixed, dim=0)
        exclusion = torch.stack([member.exclusion() for member in self.members]).mean(dim=0)  # type: ignore[operator]
        printed, siblings = inputs[SCORED_INPUTS:]
        return joint_logits(together, inputs[ENTITY_INPUT], printed, siblings, exclusion, self.vocabulary)
