"""Boosted trees: LightGBM fits them to labelled examples, ``model.trees`` evaluates them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import torch
from numpy.typing import NDArray

from imagequant.core.errors import InputError
from imagequant.model.batching import collate
from imagequant.model.config import TreesConfig
from imagequant.model.examples import Example
from imagequant.model.printed import SHARED
from imagequant.model.trees import BoostedTrees, tree_inputs
from imagequant.model.vocabulary import Vocabulary
from imagequant.params import TrainParams
from imagequant.training.choices import Choices


def trees_config(params: TrainParams, vocabulary: Vocabulary) -> TreesConfig | None:
    """Return the trees that section ``train`` describes, None if their weight is 0."""
    trees = params.trees
    if trees.weight == 0:
        return None
    return TreesConfig(vocabulary, trees.num_trees, trees.num_leaves, trees.weight, params.use_geometry)


# A row's answer says less about its siblings than about its own question.
_SIBLING_WEIGHT = 0.3


def fit_trees(examples: Sequence[Example], params: TrainParams) -> BoostedTrees | None:
    """Fits the trees of ``train.trees``, which judge each candidate by itself, against "no answer" with the score 0.

    Trees see neither the words nor the CNN features, which would be memorised if examples are few. Rows whose answer
    was not read are left out. A question's candidates compete, so the loss is that of a choice from a list (see
    ``Choices``). If a printed quantity is the width, it is neither the height nor the depth, so a label also teaches
    what the siblings' answers are not. LightGBM holds all rows in memory, so more than ``train.trees.max_questions``
    examples are sampled.

    Returns:
        The trees, the same for the same examples and parameters, which score 0 if there are too few candidates to
        split; None if ``train.trees.weight`` is 0.

    Raises:
        InputError: If no example has a candidate.
    """
    if params.trees.weight == 0:
        return None
    numbers = sample(len(examples), params.trees.max_questions, params.seed)
    lists = [each for number in numbers for each in _lists(examples[number], use_geometry=params.use_geometry)]
    if not lists:
        raise InputError("train: no training row has a candidate for the trees; train.trees.weight: 0 goes without")
    config = trees_config(params, examples[0].vocabulary)
    assert config is not None  # the weight is not 0
    rows = np.concatenate([each.rows for each in lists])
    ends = np.cumsum([len(each.rows) for each in lists])
    choices = Choices(
        starts=np.append(0, ends[:-1]),
        right=np.concatenate([each.right for each in lists]),
        none_is_right=np.array([each.none_is_right for each in lists]),
        weights=np.array([each.weight for each in lists]),
    )
    del lists
    if len(rows) < 2 * params.trees.min_data_in_leaf:
        return as_tensors([], config)  # LightGBM fails if there is no split to make
    settings = _settings(params) | {"objective": lambda scores, _: choices.derivatives(scores)}
    table = lightgbm.Dataset(rows, np.zeros(len(rows)))  # labels are in the objective
    booster = lightgbm.train(settings, table, num_boost_round=params.trees.num_trees)
    return as_tensors([tree["tree_structure"] for tree in booster.dump_model()["tree_info"]], config)


@dataclass(frozen=True)
class _List:
    """One list of ``Choices``, with the trees' inputs."""

    rows: NDArray[np.float32]
    right: NDArray[np.bool_]
    none_is_right: bool
    weight: float


def _lists(example: Example, *, use_geometry: bool) -> Iterator[_List]:
    """Yield what a labelled example teaches: about its own question, then about its siblings."""
    if not len(example.quantities) or example.targets is None:
        return
    if example.targets.any() or not example.answerable:
        rows = _rows(example, use_geometry=use_geometry)
        yield _List(rows, example.targets, not example.answerable, 1.0)
    for sibling, excluded in excluded_candidates(example):
        right = np.ones(len(sibling.quantities), dtype=np.bool_)
        right[excluded] = False
        yield _List(_rows(sibling, use_geometry=use_geometry), right, True, _SIBLING_WEIGHT)


def excluded_candidates(example: Example) -> Iterator[tuple[Example, NDArray[np.int64]]]:
    """Yield the siblings of a labelled example and the indices of their candidates that its answer uses up.

    There are none if the row's source hardly ever abstains: it may call one length width, height and depth.
    """
    if example.targets is None or not example.source_abstains:
        return
    used = np.unique(example.printed[example.targets])
    for sibling in example.siblings:
        excluded = np.flatnonzero(np.isin(sibling.printed, used[used != SHARED]))
        if len(excluded):
            yield sibling, excluded


def sample(count: int, most: int, seed: int) -> Sequence[int]:
    """Return numbers below ``count`` in order: all of them, or a random sample of ``most``."""
    if count <= most:
        return range(count)
    numbers: list[int] = np.sort(np.random.default_rng(seed).choice(count, most, replace=False)).tolist()
    return numbers


def _rows(example: Example, *, use_geometry: bool) -> NDArray[np.float32]:
    inputs = collate([example])
    arrays = (inputs.candidate_features, inputs.candidate_ids, inputs.candidate_mask, inputs.entity)
    features, ids, mask, entity = (torch.from_numpy(array) for array in arrays)
    with torch.no_grad():
        rows = tree_inputs(features, ids, mask, entity, example.vocabulary, use_geometry=use_geometry)
    return np.asarray(rows[0, : len(example.quantities)].numpy())  # without the padding to the siblings' length


def _settings(params: TrainParams) -> dict[str, Any]:
    """Return LightGBM's settings. One thread and row order keep the order of sums the same on every machine."""
    trees = params.trees
    return {
        "num_leaves": trees.num_leaves,
        "learning_rate": trees.learning_rate,
        "min_data_in_leaf": trees.min_data_in_leaf,
        "lambda_l2": trees.lambda_l2,
        "feature_fraction": trees.feature_fraction,
        "bagging_fraction": trees.bagging_fraction,
        "bagging_freq": 1,
        "seed": params.seed,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }


def as_tensors(structures: Sequence[dict[str, Any]], config: TreesConfig) -> BoostedTrees:
    """Converts trees from LightGBM's ``dump_model`` (``tree_structure``) to a module.

    Boosting ends early if no split is left to make. Trees that add nothing fill the module up to ``config.trees``.
    """
    module = BoostedTrees(config)
    # Marks leaves that a tree lacks: no sum of turns is that high.
    module.low_turns.fill_(config.leaves)
    for number, structure in enumerate(structures):
        _fill(module, number, structure)
    return module.eval()


def _fill(module: BoostedTrees, tree: int, structure: dict[str, Any]) -> None:
    splits = leaves = 0
    pending: list[tuple[dict[str, Any], tuple[tuple[int, int], ...]]] = [(structure, ())]
    while pending:
        node, path = pending.pop()
        if "leaf_value" in node:
            for split, side in path:
                module.side[tree, split, leaves] = side
            module.low_turns[tree, leaves] = sum(side == 1 for _, side in path)
            module.value[tree, leaves] = node["leaf_value"]
            leaves += 1
            continue
        module.split_input[tree, splits] = node["split_feature"]
        module.threshold[tree, splits] = _float_below(node["threshold"])
        pending.append((node["left_child"], (*path, (splits, 1))))
        pending.append((node["right_child"], (*path, (splits, -1))))
        splits += 1


def _float_below(threshold: float) -> float:
    """Return the largest float32 not above a threshold: since inputs are float32, comparisons have the same result."""
    rounded = np.float32(threshold)
    return float(rounded if rounded <= threshold else np.nextafter(rounded, np.float32(-np.inf)))
