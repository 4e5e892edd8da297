"""The project's own model on one run's rows, trained as the ``train`` stage trains it."""

from __future__ import annotations

import numpy as np

from imagequant.experiments.cross_validation.material import Given, Material, Sides
from imagequant.model.answering import answer
from imagequant.model.answers import chosen
from imagequant.model.config import ModelConfig
from imagequant.params import TrainParams
from imagequant.training.boost import trees_config
from imagequant.training.calibrate import calibrate
from imagequant.training.fit import best_answers, fit_ensemble, network_config


def answer_by_hybrid(sides: Sides, material: Material, params: TrainParams) -> tuple[list[Given], dict[str, float]]:
    """Trains, calibrates and answers the rows held out.

    Returns:
        The answers in the rows' order, and facts about the training.
    """
    train, development, held_out = (
        [question.example for question in sides[part]] for part in ("train", "development", "validation")
    )
    config = network_config(params, train[0].photo.grid.shape[0])
    network, epochs = fit_ensemble(train, development, config, params, _keep_nothing, _keep_nothing)
    calibration = calibrate(best_answers(network, development))
    given = []
    model = ModelConfig(config, params.members, trees_config(params), material.limits, calibration, material.cnn)
    for ranked in answer(network, model, held_out):
        best = chosen(ranked, calibration.threshold)
        given.append(Given(best.quantity if best else None, ranked[0].confidence if ranked else 0.0))
    return given, {"epoch": float(np.mean(epochs)), "threshold": calibration.threshold}


def _keep_nothing(_: int, __: dict[str, float]) -> None:
    """Takes training's figures, which only the ``train`` stage logs."""
