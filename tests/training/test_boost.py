from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import pytest
import torch
from tests.contest import CONTEST, VOCABULARY
from tests.model.conftest import question

from imagequant.core.errors import InputError
from imagequant.model.batching import Inputs, collate
from imagequant.model.config import TreesConfig
from imagequant.model.examples import Example
from imagequant.model.features import GEOMETRY_FEATURES
from imagequant.model.trees import BoostedTrees, count_tree_inputs
from imagequant.params import TrainParams, load_params
from imagequant.training.boost import as_tensors, excluded_candidates, fit_trees, sample, trees_config

Packs = Callable[[int, int], list[Example]]
FILE = load_params(Path(__file__).parents[2] / "params.yaml").train
PARAMS = replace(FILE, trees=replace(FILE.trees, num_trees=60))


def choices(trees: BoostedTrees, examples: Sequence[Example]) -> list[int]:
    return [int(scores(trees, example).argmax()) for example in examples]


def score_batch(trees: BoostedTrees, inputs: Inputs) -> torch.Tensor:
    arrays = (inputs.candidate_features, inputs.candidate_ids, inputs.candidate_mask, inputs.entity)
    return trees(*(torch.from_numpy(array) for array in arrays))


def scores(trees: BoostedTrees, example: Example) -> torch.Tensor:
    inputs = collate([example])
    return score_batch(trees, inputs)[0]


def fitted(examples: Sequence[Example], params: TrainParams = PARAMS) -> BoostedTrees:
    trees = fit_trees(examples, params)
    assert trees is not None
    return trees


def test_learns_what_stands_beside_a_number_and_repeats_itself(packs: Packs) -> None:
    train, fresh = packs(160, 1), packs(80, 3)
    trees = fitted(train)
    right = [bool(e.correct[choice]) for e, choice in zip(fresh, choices(trees, fresh), strict=True) if choice < 2]
    assert sum(right) / len(fresh) > 0.95  # the first number is right half the time
    again = fitted(train)
    for name, tensor in trees.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name


@pytest.mark.parametrize("leaves", [2, 7, 31])
def test_scores_what_lightgbm_scores(leaves: int) -> None:
    random = np.random.default_rng(leaves)
    # Few distinct values: many rows lie on a split's very threshold.
    rows = (random.integers(-4, 5, (600, count_tree_inputs(VOCABULARY))) / 3).astype(np.float32)
    wanted = (rows[:, 3] + rows[:, 7] * rows[:, 11] + random.normal(0, 0.3, 600) > 0.4).astype(float)
    settings = {"objective": "binary", "num_leaves": leaves, "verbose": -1, "num_threads": 1, "seed": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, wanted), num_boost_round=25)
    structures = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    trees = as_tensors(structures, TreesConfig(VOCABULARY, 40, leaves, 0.5, True))  # 15 more than there are
    expected = booster.predict(rows, raw_score=True)
    assert np.ptp(expected) > 1
    np.testing.assert_allclose(trees.score(torch.from_numpy(rows)).numpy(), expected, atol=1e-5)


def test_a_tree_without_a_split_adds_its_only_leaf() -> None:
    trees = as_tensors([{"leaf_value": 0.25}, {"leaf_value": -1.0}], TreesConfig(VOCABULARY, 3, 4, 0.5, True))
    np.testing.assert_allclose(trees.score(torch.zeros(2, count_tree_inputs(VOCABULARY))).numpy(), [-0.75, -0.75])


def test_silence_scores_0_and_padding_next_to_nothing(packs: Packs) -> None:
    trees = fitted(packs(60, 1))
    one, two = packs(2, 5)
    one = replace(
        one,
        quantities=one.quantities[:1],
        candidate_features=one.candidate_features[:1],
        candidate_ids=one.candidate_ids[:1],
        candidate_tokens=one.candidate_tokens[:1],
        centers=one.centers[:1],
        printed=one.printed[:1],
        siblings=(),
    )
    inputs = collate([one, replace(two, siblings=())])
    both = score_batch(trees, inputs)
    assert both[:, -1].tolist() == [0, 0]
    assert both[0, 1] == -1e4
    # What a question's candidates score does not depend on its neighbours in the batch.
    torch.testing.assert_close(both[0, :1], scores(trees, one)[:1])
    torch.testing.assert_close(both[1], scores(trees, two))


def test_weight_0_goes_without(packs: Packs) -> None:
    params = replace(PARAMS, trees=replace(PARAMS.trees, weight=0.0))
    assert fit_trees(packs(10, 1), params) is None
    assert trees_config(params, VOCABULARY) is None


def test_rows_whose_answer_was_not_read_teach_nothing(packs: Packs) -> None:
    train = packs(60, 1)
    unread = [replace(e, targets=np.zeros_like(e.targets)) for e in packs(60, 2)]
    for name, tensor in fitted(train).state_dict().items():
        assert torch.equal(tensor, fitted([*train, *unread]).state_dict()[name]), name
    silent = [replace(e, answerable=False) for e in unread]
    # A photo that does not say is another matter.
    assert fitted([*train, *silent]).score(torch.zeros(1, count_tree_inputs(VOCABULARY))) != fitted(train).score(
        torch.zeros(1, count_tree_inputs(VOCABULARY))
    )


@pytest.mark.parametrize("count", [0, 5, 7])
def test_as_many_as_are_allowed_are_all_taken(count: int) -> None:
    assert list(sample(count, 7, 1)) == list(range(count))


def test_beyond_it_is_a_sample_that_the_seed_decides() -> None:
    drawn = list(sample(100, 7, 1))
    assert drawn == list(sample(100, 7, 1)) == sorted(set(drawn))
    assert len(drawn) == 7
    assert set(drawn) <= set(range(100))
    assert drawn != list(sample(100, 7, 2))


def test_the_sample_teaches_the_trees(packs: Packs) -> None:
    train = packs(80, 1)
    params = replace(PARAMS, trees=replace(PARAMS.trees, max_questions=50))
    some = fitted([train[number] for number in sample(80, 50, params.seed)])
    for name, tensor in fitted(train, params).state_dict().items():
        assert torch.equal(tensor, some.state_dict()[name]), name


def test_with_too_few_candidates_to_split_all_score_like_no_answer() -> None:
    example = question([("60 cm", 10, 10), ("40 cm", 200, 100)], "width", "60 centimetre")
    trees = fitted([example])
    assert scores(trees, example)[:2].tolist() == [0, 0]


def test_without_a_candidate_the_error_names_the_way_out() -> None:
    with pytest.raises(InputError, match=r"train\.trees\.weight: 0"):
        fit_trees([], PARAMS)


def test_without_geometry_places_change_nothing(packs: Packs) -> None:
    params = replace(PARAMS, use_geometry=False)
    trees = fitted(packs(60, 1), params)
    example = packs(1, 4)[0]
    moved = example.candidate_features.copy()
    moved[:, :GEOMETRY_FEATURES] += 0.3
    assert torch.equal(scores(trees, example), scores(trees, replace(example, candidate_features=moved)))
    other = fitted(packs(60, 1))
    assert not trees.config.use_geometry
    assert other.config.use_geometry


def test_what_is_the_width_is_neither_height_nor_depth() -> None:
    example = question([("60 cm", 10, 10), ("40 cm", 200, 100), ("23.6 in", 10, 40)], "width", "60 centimetre")
    excluded = list(excluded_candidates(example))
    assert [CONTEST.names[sibling.entity] for sibling, _ in excluded] == ["height", "depth"]
    for sibling, indices in excluded:
        # The same length in inches is used up, too.
        assert [str(sibling.quantities[index]) for index in indices] == ["60 centimetre", "23.6 inch"]
    assert list(excluded_candidates(question([("60 cm", 10, 10)], "width"))) == [], (
        "an empty label excludes nothing else"
    )
    careless = replace(example, source_abstains=False)
    assert list(excluded_candidates(careless)) == [], "it may call one length width and height"
    cube = question([("10 cm", 10, 10), ("10 cm", 200, 100)], "width", "10 centimetre")
    assert list(excluded_candidates(cube)) == [], "printed for both"
