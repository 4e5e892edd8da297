"""Boosted trees as tensors, which can be saved, traced and exported like the networks."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from imagequant.model.config import TreesConfig
from imagequant.model.features import CANDIDATE_FEATURES, FORMS
from imagequant.model.network import mask_geometry, relative_features
from imagequant.model.vocabulary import Vocabulary

_NEGATIVE = -1e4


def count_tree_inputs(vocabulary: Vocabulary) -> int:
    """Return the number of inputs of the trees for one candidate."""
    return 3 * CANDIDATE_FEATURES + vocabulary.units + len(FORMS) + vocabulary.names + vocabulary.entities + 1


class BoostedTrees(nn.Module):
    """Scores each candidate of a question by the sum of its leaves; "no answer" scores 0.

    A tree consists of its splits, its leaves' values, and a matrix of the splits above each leaf. A candidate is in the
    leaf for which all splits on the path go the right way, which one matrix product finds for all trees. Source:
    S. Nakandala et al., "A tensor compiler for unified machine learning prediction serving" (2020).
    """

    def __init__(self, config: TreesConfig) -> None:
        super().__init__()
        self.config = config
        trees, leaves = config.trees, config.leaves
        self.register_buffer("split_input", torch.zeros(trees, leaves - 1, dtype=torch.int64))
        self.register_buffer("threshold", torch.zeros(trees, leaves - 1))
        # 1 if a leaf is on the low side of a split, -1 on its high side, 0 if the split is not above it.
        self.register_buffer("side", torch.zeros(trees, leaves - 1, leaves))
        # Number of splits above a leaf that go to the low side.
        self.register_buffer("low_turns", torch.zeros(trees, leaves))
        self.register_buffer("value", torch.zeros(trees, leaves))
        self.split_input: Tensor
        self.threshold: Tensor
        self.side: Tensor
        self.low_turns: Tensor
        self.value: Tensor

    def forward(
        self, candidate_features: Tensor, candidate_ids: Tensor, candidate_mask: Tensor, entity: Tensor
    ) -> Tensor:
        """Score the candidates of B questions (see ``batching.Inputs`` for shapes).

        Returns:
            float32 (B, C + 1): log odds of the candidates, 0 for "no answer"; masked candidates get -1e4.
        """
        inputs = tree_inputs(
            candidate_features,
            candidate_ids,
            candidate_mask,
            entity,
            self.config.vocabulary,
            use_geometry=self.config.use_geometry,
        )
        scores = self.score(inputs.flatten(0, 1)).reshape(candidate_mask.shape[0], candidate_mask.shape[1])
        return F.pad(scores.masked_fill(~candidate_mask, _NEGATIVE), (0, 1))

    def score(self, rows: Tensor) -> Tensor:
        """Return log odds, float32 (N,), for inputs of candidates, float32 (N, inputs)."""
        trees, splits = self.threshold.shape
        values = rows[:, self.split_input.reshape(-1)].reshape(-1, trees, splits)
        low = (values <= self.threshold).to(rows.dtype).transpose(0, 1)
        # Equal only if every split of the path goes the right way.
        reached = torch.bmm(low, self.side) == self.low_turns.unsqueeze(1)
        return (reached.to(rows.dtype) * self.value.unsqueeze(1)).sum(dim=2).sum(dim=0)


def tree_inputs(
    features: Tensor, ids: Tensor, mask: Tensor, entity: Tensor, vocabulary: Vocabulary, *, use_geometry: bool
) -> Tensor:
    """Return the trees' inputs, float32 (B, C, ``count_tree_inputs``).

    They are absolute and relative features, one-hot unit, form, axis and entity, and the number of candidates.
    """
    count = mask.to(features.dtype).sum(dim=1)[:, None, None].expand(-1, mask.shape[1], 1)
    return torch.cat(
        [
            relative_features(mask_geometry(features, use_geometry=use_geometry), mask),
            _indicators(ids[:, :, 0], vocabulary.units),
            _indicators(ids[:, :, 1], len(FORMS)),
            _indicators(ids[:, :, 2], vocabulary.names),
            _indicators(entity, vocabulary.entities)[:, None, :].expand(-1, mask.shape[1], -1),
            count,
        ],
        dim=2,
    )


def _indicators(numbers: Tensor, count: int) -> Tensor:
    return (numbers.unsqueeze(-1) == torch.arange(count)).to(torch.float32)
