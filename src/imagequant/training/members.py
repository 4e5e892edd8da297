"""Fits the members of the ensemble, its networks and its trees, in processes side by side."""

import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from imagequant.core.iteration import LazySubset
from imagequant.executor import map_shards
from imagequant.model.answers import Calibration, rank_answers
from imagequant.model.config import NetworkConfig
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Example
from imagequant.model.infer import infer
from imagequant.params import ExecutorParams, TrainParams
from imagequant.training.boost import fit_trees, trees_config
from imagequant.training.calibrate import BestAnswer
from imagequant.training.fit import TrainingLog, fit

# Opens the log of a network's training, given its number; picklable if the members are fitted in other processes.
OpenLog = Callable[[int], AbstractContextManager[TrainingLog]]

SERIAL = ExecutorParams("serial", 1)
# With fewer rows per network on average, none leaves any out.
_FEWEST_PER_FOLD = 12


def no_log(_: int) -> AbstractContextManager[TrainingLog]:
    """Discards the figures of training."""
    return nullcontext(TrainingLog())


@dataclass(frozen=True)
class FittedEnsemble:
    """The ensemble, the best epoch of each network, and answers to the rows that their members have not seen."""

    ensemble: Ensemble
    epochs: tuple[int, ...]
    unseen: tuple[BestAnswer, ...]


def fit_ensemble(
    train: Sequence[Example],
    development: Sequence[Example],
    config: NetworkConfig,
    params: TrainParams,
    open_log: OpenLog = no_log,
    executor: ExecutorParams = SERIAL,
) -> FittedEnsemble:
    """Fits the trees, and ``train.members`` networks with different seeds: for weights, order and augmentation.

    Each network leaves out one fold of the photos, and answers it together with trees that have not seen it either
    (cross-fitting). A single network sees all, and so do all networks if there are too few rows. The result is the same
    with any executor.
    """
    leaves_out = params.members > 1 and len(train) >= _FEWEST_PER_FOLD * params.members
    # Reading all examples to place them in folds takes a while.
    folds = photo_folds(train, params.members) if leaves_out else None
    build = partial(_Fit, train, development, config, params, folds, open_log)
    *networks, trees = map_shards(build, [*range(params.members), None], executor, "train")
    ensemble = Ensemble.untrained(config, params.members, trees_config(params, config.vocabulary)).eval()
    for network, fitted in zip(ensemble.members, networks, strict=True):
        _load(network, fitted.weights)
    if ensemble.trees is not None:
        _load(ensemble.trees, trees.weights)
    unseen = [answer for fitted in networks for answer in fitted.unseen]
    unseen += best_answers(ensemble, development)
    return FittedEnsemble(ensemble, tuple(fitted.epoch for fitted in networks), tuple(unseen))


@dataclass(frozen=True)
class _Member:
    """Weights of a network or of the trees; of a network also its best epoch, and its answers to the fold left out."""

    weights: dict[str, NDArray[np.generic]]
    epoch: int = 0
    unseen: tuple[BestAnswer, ...] = ()


@dataclass(frozen=True)
class _Fit:
    """Fits a network, given its number, or the trees, given None."""

    train: Sequence[Example]
    development: Sequence[Example]
    config: NetworkConfig
    params: TrainParams
    folds: Sequence[int] | None
    open_log: OpenLog

    def __call__(self, number: int | None) -> _Member:
        if number is None:
            trees = fit_trees(self.train, self.params)
            return _Member(_weights(trees) if trees else {})
        seen = self._fold(lambda fold: fold != number) if self.folds else self.train
        params = replace(self.params, seed=self.params.seed + number)
        with self.open_log(number) as log:
            fitted = fit(seen, self.development, self.config, params, log)
        unseen: list[BestAnswer] = []
        if self.folds:
            alone = Ensemble([fitted.network], fit_trees(seen, self.params)).eval()
            unseen = best_answers(alone, self._fold(lambda fold: fold == number))
        return _Member(_weights(fitted.network), fitted.epoch, tuple(unseen))

    def _fold(self, condition: Callable[[int], bool]) -> Sequence[Example]:
        return LazySubset(self.train, [place for place, fold in enumerate(self.folds or ()) if condition(fold)])


def _weights(module: nn.Module) -> dict[str, NDArray[np.generic]]:
    return {name: tensor.detach().numpy() for name, tensor in module.state_dict().items()}


def _load(module: nn.Module, weights: dict[str, NDArray[np.generic]]) -> None:
    module.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})


def photo_folds(examples: Sequence[Example], count: int) -> list[int]:
    """Return the fold of each example, by its words: all questions about a photo are in one."""
    return [zlib.crc32(example.ngrams.tobytes()) % count for example in examples]


def best_answers(network: nn.Module, examples: Sequence[Example]) -> list[BestAnswer]:
    """Return the best answer to each labelled example, for calibration."""
    results: list[BestAnswer] = []
    for example, logits in infer(network, examples):
        answers = rank_answers(example.quantities, logits, Calibration(), example.evidence)
        source = (example.source_abstains, example.calibrates)
        if not answers or example.correct is None:
            results.append(BestAnswer(0.0, False, example.answerable, (), *source))
        else:
            best = answers[0]
            right = bool(example.correct[best.mentions[0]])
            results.append(BestAnswer(best.probability, right, example.answerable, best.evidence, *source))
    return results
