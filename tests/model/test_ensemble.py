from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.contest import CONTEST, VOCABULARY
from torch import nn

from imagequant.model.answers import Calibration
from imagequant.model.config import ModelConfig, NetworkConfig, TreesConfig
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Example, Limits
from imagequant.model.infer import infer
from imagequant.model.network import HybridNetwork
from imagequant.model.trees import BoostedTrees
from imagequant.training.boost import as_tensors
from imagequant.training.store import load_model, save_model

CONFIG = NetworkConfig(VOCABULARY, 16, 16, 24, 0.1, True, True, True, True, pooled_width=64, grid_channels=4)
DRAWING = [("12 cm", 10, 10), ("30 cm", 200, 100), ("5 cm", 300, 250)]
# Voltages are decided by themselves.
PLATE = [("12 V", 10, 10), ("30 V", 200, 100), ("5 V", 300, 250)]


def inferred(network: nn.Module, examples: Sequence[Example]) -> list[np.ndarray]:
    return [logits for _, logits in infer(network, examples)]


@pytest.fixture
def ensemble() -> Ensemble:
    torch.manual_seed(3)
    return Ensemble.untrained(CONFIG, 3).eval()


def probabilities(logits: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def test_probabilities_are_the_members_mean(ensemble: Ensemble, ask: Callable[..., Example]) -> None:
    example = ask(PLATE, "voltage")
    members = [probabilities(inferred(member, [example])[0]) for member in ensemble.members]
    assert not np.allclose(members[0], members[1], atol=1e-4)
    together = inferred(ensemble, [example])[0]
    np.testing.assert_allclose(np.exp(together), np.mean(members, axis=0), atol=1e-5)


def test_one_member_answers_as_by_itself(ask: Callable[..., Example]) -> None:
    network = HybridNetwork(CONFIG).eval()
    example = ask(DRAWING, "width")
    alone, wrapped = inferred(network, [example])[0], inferred(Ensemble([network]).eval(), [example])[0]
    np.testing.assert_allclose(probabilities(alone), probabilities(wrapped), atol=1e-6)


def test_saved_and_loaded_it_answers_the_same(ensemble: Ensemble, ask: Callable[..., Example], tmp_path: Path) -> None:
    config = ModelConfig(
        CONTEST, CONFIG, 3, None, Limits(64, 16), Calibration(1.2, 0.1, 0.3), {"cnn_weights": "random"}
    )
    save_model(tmp_path, ensemble, config)
    loaded, read = load_model(tmp_path)
    assert read == config
    example = ask(DRAWING, "width")
    np.testing.assert_array_equal(inferred(ensemble, [example])[0], inferred(loaded, [example])[0])


def some_trees(weight: float) -> BoostedTrees:
    """Two trees: the first splits on the candidate's place from left to right, the second adds to all."""
    structures = [
        {"split_feature": 0, "threshold": 0.0, "left_child": {"leaf_value": 2.0}, "right_child": {"leaf_value": -1.0}},
        {"leaf_value": 0.5},
    ]
    return as_tensors(structures, TreesConfig(VOCABULARY, 2, 4, weight, True))


def test_trees_count_by_their_weight(ask: Callable[..., Example]) -> None:
    network = HybridNetwork(CONFIG).eval()
    example = ask(PLATE, "voltage")
    assert [bool(x < 0) for x in example.candidate_features[:, 0]] == [True, False, False]
    by_trees = probabilities(np.array([2.5, -0.5, -0.5, 0.0]))
    expected = 0.7 * probabilities(inferred(network, [example])[0]) + 0.3 * by_trees
    together = inferred(Ensemble([network], some_trees(0.3)).eval(), [example])[0]
    np.testing.assert_allclose(np.exp(together), expected, atol=1e-5)


def test_saved_and_loaded_the_trees_answer_the_same(ask: Callable[..., Example], tmp_path: Path) -> None:
    trees = some_trees(0.3)
    ensemble = Ensemble([HybridNetwork(CONFIG)], trees).eval()
    save_model(tmp_path, ensemble, ModelConfig(CONTEST, CONFIG, 1, trees.config, Limits(64, 16), Calibration(), {}))
    loaded, read = load_model(tmp_path)
    assert read.trees == trees.config
    example = ask(DRAWING, "width")
    np.testing.assert_array_equal(inferred(ensemble, [example])[0], inferred(loaded, [example])[0])
