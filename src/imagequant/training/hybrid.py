"""The hybrid model, fitted and calibrated: what the ``train`` stage, cross-validation and tuning share."""

from collections.abc import Sequence
from dataclasses import dataclass

from imagequant.core.iteration import LazySubset
from imagequant.model.answers import Calibration
from imagequant.model.config import NetworkConfig
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Example
from imagequant.params import ExecutorParams, TrainParams
from imagequant.training.calibrate import calibrate
from imagequant.training.fit import network_config
from imagequant.training.members import SERIAL, OpenLog, fit_ensemble, no_log


@dataclass(frozen=True)
class HybridModel:
    """A trained model; ``epochs`` are the best epochs of its networks, from 1."""

    network: Ensemble
    config: NetworkConfig
    calibration: Calibration
    epochs: tuple[int, ...]


def _teaching(examples: Sequence[Example]) -> Sequence[Example]:
    """Return the examples that teach something; all if none does."""
    places = [place for place, example in enumerate(examples) if example.teaches]
    return LazySubset(examples, places) if 0 < len(places) < len(examples) else examples


def train_hybrid(
    train: Sequence[Example],
    development: Sequence[Example],
    params: TrainParams,
    open_log: OpenLog = no_log,
    executor: ExecutorParams = SERIAL,
) -> HybridModel:
    """Fits the ensemble, then calibrates it on answers to examples that its members have not seen.

    Args:
        train: Labelled examples to learn from.
        development: Labelled examples for early stopping; calibration and the abstention threshold use them, too.
        params: Section ``train``.
        open_log: Opens the log of a network's training, given its number.
        executor: Where the members are fitted.
    """
    train, development = _teaching(train), _teaching(development)
    config = network_config(params, train[0])
    fitted = fit_ensemble(train, development, config, params, open_log, executor)
    return HybridModel(fitted.ensemble, config, calibrate(fitted.unseen), fitted.epochs)
