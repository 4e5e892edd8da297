"""The project's own model on one run's rows, trained as the ``train`` stage trains it."""

from __future__ import annotations

from imagequant.bench.material import Given, Material, Sides
from imagequant.model.answering import answer
from imagequant.model.answers import chosen
from imagequant.model.store import ModelConfig
from imagequant.params import TrainParams
from imagequant.stages.train.calibrate import calibrate
from imagequant.stages.train.fit import best_answers, fit
from imagequant.stages.train.run import _network_config


def answer_by_hybrid(sides: Sides, material: Material, params: TrainParams) -> tuple[list[Given], dict[str, float]]:
    """Trains, calibrates and answers the rows held out.

    Returns:
        The answers in the rows' order, and facts about the training.
    """
    train, development, held_out = (
        [question.example for question in sides[part]] for part in ("train", "development", "validation")
    )
    network = _network_config(params, train[0].photo.grid.shape[0])
    fitted = fit(train, development, network, params, _keep_nothing, _keep_nothing)
    calibration = calibrate(best_answers(fitted.network, development))
    given = []
    for ranked in answer(fitted.network, ModelConfig(network, material.limits, calibration, material.cnn), held_out):
        best = chosen(ranked, calibration.threshold)
        given.append(Given(best.quantity if best else None, ranked[0].confidence if ranked else 0.0))
    return given, {"epoch": fitted.epoch, "threshold": calibration.threshold}


def _keep_nothing(_: dict[str, float]) -> None:
    """Takes training's figures, which only the ``train`` stage logs."""
