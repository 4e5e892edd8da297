"""The hybrid network, which scores candidates from an LSTM over the words, CNN features and geometry."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from imagequant.model.batching import Inputs
from imagequant.model.config import NetworkConfig
from imagequant.model.examples import GROUP_BUCKETS
from imagequant.model.features import CANDIDATE_FEATURES, FORMS, GEOMETRY_FEATURES
from imagequant.model.joint import joint_logits
from imagequant.model.words import NGRAM_BUCKETS, TOKEN_FEATURES

# The last two inputs tell which questions are decided together.
SCORED_INPUTS = Inputs._fields.index("printed")
ENTITY_INPUT = Inputs._fields.index("entity")
# The learning rate is small for single numbers, so they are multiplied by this.
_EXCLUSION_SCALE, _FIRST_EXCLUSION = 100.0, 0.03
_NEGATIVE = -1e4  # masked logits: far below any score, but finite in every export format


class HybridNetwork(nn.Module):
    """Scores every candidate of a question, and "no answer".

    The LSTM reads the photo's tokens in both directions; a candidate gets the mean of the states at its own tokens,
    which encode their context. The CNN's grid is sampled at the candidate's centre. Two layers score each candidate
    from these, its features, their differences from the other candidates', and the embedded entity. The second layer
    also gets the mean and maximum over all candidates, because they compete.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        entity_width, group_width, id_width, pooled_width = 16, 8, 8, 32
        self.word = nn.Embedding(NGRAM_BUCKETS, config.word_width, padding_idx=0)
        self.token = nn.Linear(config.word_width + TOKEN_FEATURES, config.lstm_width)
        self.forward_lstm = nn.LSTM(config.lstm_width, config.lstm_width, batch_first=True)
        self.backward_lstm = nn.LSTM(config.lstm_width, config.lstm_width, batch_first=True)
        self.entity = nn.Embedding(config.vocabulary.entities, entity_width)
        self.group = nn.Embedding(GROUP_BUCKETS, group_width)
        self.unit = nn.Embedding(config.vocabulary.units, id_width)
        self.form = nn.Embedding(len(FORMS), id_width)
        self.name = nn.Embedding(config.vocabulary.names, id_width)
        self.pooled = nn.Sequential(
            nn.LayerNorm(config.pooled_width, elementwise_affine=False),
            nn.Linear(config.pooled_width, pooled_width),
            nn.ReLU(),
        )
        self.grid = nn.LayerNorm(config.grid_channels)
        question = entity_width + group_width + pooled_width
        own = 3 * CANDIDATE_FEATURES + 3 * id_width + 2 * config.lstm_width + config.grid_channels
        self.first = nn.Sequential(
            nn.Linear(own + question, config.hidden_width), nn.ReLU(), nn.Dropout(config.dropout)
        )
        # Which features of a candidate matter depends on the entity, so the entity gates the hidden units.
        self.gate = nn.Linear(entity_width, config.hidden_width)
        self.second = nn.Sequential(
            nn.Linear(3 * config.hidden_width, config.hidden_width),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden_width, 1),
        )
        self.silence = nn.Sequential(  # abstention; the name is part of saved models
            nn.Linear(2 * config.hidden_width + question + 2 * config.lstm_width, config.hidden_width),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden_width, 1),
        )
        self.exclusive = nn.Parameter(torch.full((config.vocabulary.exclusions,), _FIRST_EXCLUSION))

    def exclusion(self) -> Tensor:
        """Return how strictly pairs of entities exclude one another, float32 (exclusive pairs,), in (0, 1).

        Label sources differ in this: the contest's ``depth`` is often the longest length, which is also the height.
        """
        return torch.sigmoid(_EXCLUSION_SCALE * self.exclusive)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Decide B questions, each together with its siblings (see ``batching.Inputs`` for the order and shapes).

        Returns:
            float32 (B, C + 1): log marginals of the candidates, then of "no answer"; masked candidates get about -1e4.
        """
        scores = self.scores(*inputs[:SCORED_INPUTS])
        printed, siblings = inputs[SCORED_INPUTS:]
        vocabulary = self.config.vocabulary
        return joint_logits(scores, inputs[ENTITY_INPUT], printed, siblings, self.exclusion(), vocabulary)

    def scores(
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
        """Score the candidates of B questions, each by itself (see ``batching.Inputs`` for shapes).

        Returns:
            float32 (B, C + 1): logits of the candidates, then of "no answer"; masked candidates get about -1e4.
        """
        states = self._read(ngrams, token_features, token_mask)
        question = torch.cat([self.entity(entity), self.group(group), self._seen(pooled)], dim=1)
        count = candidate_ids.shape[1]
        features = mask_geometry(candidate_features, use_geometry=self.config.use_geometry)
        own = torch.cat(
            [
                relative_features(features, candidate_mask),
                self.unit(candidate_ids[:, :, 0]),
                self.form(candidate_ids[:, :, 1]),
                self.name(candidate_ids[:, :, 2]),
                _states_at(states, candidate_tokens),
                self._sampled(grid, centers),
                question[:, None, :].expand(-1, count, -1),
            ],
            dim=2,
        )
        hidden = self.first(own) * (1 + torch.tanh(self.gate(self.entity(entity))))[:, None, :]
        mean, largest = _pool(hidden, candidate_mask)
        among = torch.cat([mean, largest], dim=1)
        scores = self.second(torch.cat([hidden, among[:, None, :].expand(-1, count, -1)], dim=2)).squeeze(2)
        scores = scores.masked_fill(~candidate_mask, _NEGATIVE)
        text = _pool(states, token_mask)[1]
        return torch.cat([scores, self.silence(torch.cat([among, question, text], dim=1))], dim=1)

    def _read(self, ngrams: Tensor, token_features: Tensor, token_mask: Tensor) -> Tensor:
        """Return the tokens' states (B, T, 2 * lstm width), or zeros if the LSTM is disabled."""
        present = (ngrams > 0).unsqueeze(3).to(token_features.dtype)
        words = (self.word(ngrams) * present).sum(dim=2) / present.sum(dim=2).clamp(min=1.0)
        if not self.config.use_geometry:
            token_features = torch.zeros_like(token_features)
        tokens = F.relu(self.token(torch.cat([words, token_features], dim=2))) * token_mask.unsqueeze(2)
        # The backward LSTM starts at each row's last token. A bidirectional LSTM would read the padding first, and a
        # photo's scores would depend on the rest of the batch.
        mirrored = _mirror_index(token_mask).unsqueeze(2).expand(-1, -1, tokens.shape[2])
        with without_onednn():
            backward = self.backward_lstm(tokens.gather(1, mirrored))[0].gather(1, mirrored)
            states = torch.cat([self.forward_lstm(tokens)[0], backward], dim=2)
        return states * token_mask.unsqueeze(2) * float(self.config.use_lstm)

    def _seen(self, pooled: Tensor) -> Tensor:
        seen: Tensor = self.pooled(pooled)
        return seen * float(self.config.use_cnn_pooled)

    def _sampled(self, grid: Tensor, centers: Tensor) -> Tensor:
        """Sample the grid bilinearly at the candidates' centres, (B, C, channels)."""
        sampled = F.grid_sample(grid, centers.unsqueeze(2), align_corners=False, padding_mode="border")
        at_centers: Tensor = self.grid(sampled.squeeze(3).transpose(1, 2))
        return at_centers * float(self.config.use_cnn_grid)


@contextmanager
def without_onednn() -> Iterator[None]:
    """Compute LSTMs with torch's own kernels.

    oneDNN splits the products of an LSTM by the size of the processor's cache, on which the last digits would depend.
    """
    # Not torch.backends.mkldnn.flags, which also sets what only Intel's GPUs have, and so warns.
    before = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]  # a descriptor that sets it
    try:
        yield
    finally:
        torch.backends.mkldnn.enabled = before


def mask_geometry(features: Tensor, *, use_geometry: bool) -> Tensor:
    """Return candidates' features (B, C, features), with zeros for the geometry if it is disabled."""
    if use_geometry:
        return features
    return torch.cat([torch.zeros_like(features[:, :, :GEOMETRY_FEATURES]), features[:, :, GEOMETRY_FEATURES:]], dim=2)


def relative_features(features: Tensor, mask: Tensor) -> Tensor:
    """Append each feature's differences from the question's largest and smallest values, (B, C, 3 * features).

    Lengths are mostly distinguished by relative features: the lowest on the photo, the smallest print.
    """
    present = mask.unsqueeze(2)
    largest = features.masked_fill(~present, _NEGATIVE).max(dim=1, keepdim=True).values
    smallest = features.masked_fill(~present, -_NEGATIVE).min(dim=1, keepdim=True).values
    weight = present.to(features.dtype)
    return torch.cat([features, (features - largest) * weight, (features - smallest) * weight], dim=2)


def _mirror_index(mask: Tensor) -> Tensor:
    """Return int64 (B, T), the indices that reverse each row's tokens and leave its padding in place."""
    places = torch.arange(mask.shape[1], device=mask.device).unsqueeze(0).expand(mask.shape[0], -1)
    lengths = mask.to(torch.int64).sum(dim=1, keepdim=True)
    return torch.where(mask, lengths - 1 - places, places)


def _states_at(states: Tensor, tokens: Tensor) -> Tensor:
    """Return the mean state of each candidate's tokens, (B, C, width); zeros without tokens."""
    batch, count, each = tokens.shape
    present = (tokens >= 0).unsqueeze(3).to(states.dtype)
    index = tokens.clamp(min=0).reshape(batch, count * each, 1).expand(-1, -1, states.shape[2])
    gathered = states.gather(1, index).reshape(batch, count, each, states.shape[2])
    return (gathered * present).sum(dim=2) / present.sum(dim=2).clamp(min=1.0)


def _pool(values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean and maximum of unmasked values; zeros if all are masked."""
    weight = mask.unsqueeze(2).to(values.dtype)
    mean = (values * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1.0)
    largest = values.masked_fill(~mask.unsqueeze(2), _NEGATIVE).max(dim=1).values
    return mean, torch.where(mask.any(dim=1, keepdim=True), largest, torch.zeros_like(largest))


def to_tensors(inputs: Inputs) -> tuple[Tensor, ...]:
    """Convert a batch to the arguments of ``forward``."""
    return tuple(torch.from_numpy(array) for array in inputs)
