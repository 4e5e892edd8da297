"""``data/candidates``, ``data/cnn``, ``data/labels`` -> ``models/train/`` (the model, DVCLive's logs)."""

from __future__ import annotations

import sys

import torch
from dvclive.live import Live

from imagequant.errors import InputError
from imagequant.layout import Layout
from imagequant.model.examples import Example, Limits
from imagequant.model.network import NetworkConfig
from imagequant.model.questions import label_questions
from imagequant.model.store import ModelConfig, save_model
from imagequant.params import Params, TrainParams
from imagequant.stages.train.calibrate import calibrate
from imagequant.stages.train.fit import best_answers, fit
from imagequant.storage.candidates import read_readings
from imagequant.storage.features import read_features
from imagequant.storage.files import fresh_folder
from imagequant.storage.labels import read_labels

LIVE_FOLDER = "live"


def run(params: Params, layout: Layout) -> None:
    """Trains, calibrates and saves the hybrid network.

    Raises:
        InputError: If a part of the split has no usable rows.
    """
    # Fixed, or sums would be added in another order and two machines would train two models.
    torch.set_num_threads(1)
    limits = Limits(params.train.max_words, params.train.max_candidates)
    features, cnn = read_features(layout.data("cnn") / "train")
    readings = {reading.sha256: reading for reading in read_readings(layout.data("candidates") / "train")}
    parts: dict[str, list[Example]] = {"train": [], "development": [], "validation": []}
    for question in label_questions(read_labels(layout.data("labels")), readings, features, limits):
        parts[question.label.split].append(question.example)
    _require(parts, "train", "development")

    folder = fresh_folder(layout.models("train"))
    network_config = _network_config(params.train, next(iter(features.values())).grid.shape[0])
    with Live(str(folder / LIVE_FOLDER), dvcyaml=None, save_dvc_exp=False, report=None) as live:
        live.log_param("rows", {name: len(examples) for name, examples in parts.items()})

        def on_step(values: dict[str, float]) -> None:
            for name, value in values.items():
                live.log_metric(name, value, timestamp=False)
            live.next_step()

        def on_epoch(values: dict[str, float]) -> None:
            for name, value in values.items():
                live.log_metric(name, value, timestamp=False)
            print("train: " + ", ".join(f"{name} {value:.4f}" for name, value in values.items()), file=sys.stderr)

        fitted = fit(parts["train"], parts["development"], network_config, params.train, on_step, on_epoch)
        live.log_metric("best_epoch", fitted.epoch, timestamp=False, plot=False)
    calibration = calibrate(best_answers(fitted.network, parts["development"]))
    save_model(folder, fitted.network, ModelConfig(network_config, limits, calibration, cnn))


def _network_config(params: TrainParams, grid_channels: int) -> NetworkConfig:
    return NetworkConfig(
        word_width=params.word_width,
        lstm_width=params.lstm_width,
        hidden_width=params.hidden_width,
        dropout=params.dropout,
        use_cnn=params.use_cnn,
        use_lstm=params.use_lstm,
        use_geometry=params.use_geometry,
        pooled_width=2048,
        grid_channels=grid_channels,
    )


def _require(parts: dict[str, list[Example]], *names: str) -> None:
    for name in names:
        if not parts[name]:
            counts = ", ".join(f"{part} {len(examples)}" for part, examples in parts.items())
            raise InputError(f"data/labels: no usable {name} rows ({counts}); see labels.folds and labels.development")
