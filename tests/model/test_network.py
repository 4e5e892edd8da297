from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.contest import VOCABULARY
from torch import nn

from imagequant.model.batching import collate
from imagequant.model.config import NetworkConfig
from imagequant.model.examples import Example
from imagequant.model.infer import infer
from imagequant.model.network import HybridNetwork, relative_features

CONFIG = NetworkConfig(VOCABULARY, 16, 16, 24, 0.1, True, True, True, True, pooled_width=64, grid_channels=4)
PACK = [("Net", 10, 10), ("500", 60, 10), ("g", 100, 10), ("Protein", 10, 60), ("20", 100, 60), ("g", 130, 60)]
DRAWING = [("12 cm", 10, 10), ("30 cm", 200, 100), ("5 cm", 300, 250)]


def inferred(network: nn.Module, examples: Sequence[Example]) -> list[np.ndarray]:
    return [logits for _, logits in infer(network, examples)]


@pytest.fixture
def network() -> HybridNetwork:
    torch.manual_seed(3)
    return HybridNetwork(CONFIG).eval()


def test_padding_changes_no_score(network: HybridNetwork, ask: Callable[..., Example]) -> None:
    # Alone, or beside a question with more words and candidates: the same logits.
    small, large = ask(PACK[:3], "item_weight"), ask(DRAWING, "width")
    alone = inferred(network, [small])[0]
    together = inferred(network, [small, large])[0]
    np.testing.assert_allclose(alone, together, atol=1e-5)


def test_a_photo_without_words_can_only_be_left_unanswered(network: HybridNetwork, ask: Callable[..., Example]) -> None:
    (logits,) = inferred(network, [ask([], "voltage")])
    assert logits.shape == (1,)
    assert np.isfinite(logits).all()


def test_candidates_are_those_of_the_entity(ask: Callable[..., Example]) -> None:
    assert [c.value for c in ask([("220V 50W", 10, 10)], "voltage").quantities] == [220]
    assert [c.value for c in ask([("220V 50W", 10, 10)], "wattage").quantities] == [50]
    assert ask([("220V 50W", 10, 10)], "height").quantities == ()


def test_the_entity_asked_for_changes_the_scores(network: HybridNetwork, ask: Callable[..., Example]) -> None:
    height, width = inferred(network, [ask(DRAWING, "height"), ask(DRAWING, "width")])
    assert not np.allclose(height, width)


@pytest.mark.parametrize(
    ("switch", "change"),
    [
        ("use_cnn_pooled", lambda e: replace(e, photo=replace(e.photo, pooled=e.photo.pooled[::-1].copy()))),
        ("use_cnn_grid", lambda e: replace(e, photo=replace(e.photo, grid=e.photo.grid[::-1].copy()))),
        ("use_lstm", lambda e: replace(e, ngrams=np.roll(e.ngrams, 1, axis=0))),
        ("use_geometry", lambda e: replace(e, token_features=e.token_features * 0.5)),
    ],
)
def test_a_switched_off_part_is_not_looked_at(
    switch: str, change: Callable[[Example], Example], ask: Callable[..., Example]
) -> None:
    torch.manual_seed(3)
    on, off = HybridNetwork(CONFIG).eval(), HybridNetwork(replace(CONFIG, **{switch: False})).eval()
    off.load_state_dict(on.state_dict())
    example = ask(PACK, "item_weight")
    changed = change(example)
    assert not np.allclose(inferred(on, [example])[0], inferred(on, [changed])[0], atol=1e-6)
    np.testing.assert_allclose(inferred(off, [example])[0], inferred(off, [changed])[0], atol=1e-6)


def test_candidates_are_told_how_they_stand_to_the_others() -> None:
    features = torch.tensor([[[1.0], [5.0], [2.0], [9.0]], [[7.0], [0.0], [0.0], [0.0]]])
    mask = torch.tensor([[True, True, True, False], [True, False, False, False]])
    told = relative_features(features, mask)
    assert told[0, :3].tolist() == [[1, -4, 0], [5, 0, 4], [2, -3, 1]], "the masked one counts for nothing"
    assert told[1, 0].tolist() == [7, 0, 0]


def test_the_grid_is_sampled_where_the_candidate_stands(ask: Callable[..., Example]) -> None:
    # One hot cell at the upper left: only the candidate standing there sees it.
    torch.manual_seed(3)
    network = HybridNetwork(CONFIG).eval()
    example = ask(DRAWING, "width")
    grid = np.zeros((4, 7, 7), dtype=np.float32)
    grid[0, :2, :2] = 5.0
    lit = replace(example, photo=replace(example.photo, grid=grid))
    sampled = network._sampled(*_grid_and_centers(lit))[0]
    dark = network._sampled(*_grid_and_centers(replace(lit, photo=replace(lit.photo, grid=grid * 0))))[0]
    changed = (sampled - dark).abs().sum(dim=1) > 1e-6
    assert changed.tolist() == [True, False, False]


def _grid_and_centers(example: Example) -> tuple[torch.Tensor, torch.Tensor]:
    inputs = collate([example])
    return torch.from_numpy(inputs.grid), torch.from_numpy(inputs.centers)
