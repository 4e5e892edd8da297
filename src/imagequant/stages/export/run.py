"""Exports ``models/train`` to ``models/export`` and measures latency (``metrics/export``, not tracked by DVC)."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import nn

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_bytes, write_json
from imagequant.model.batching import Inputs, collate
from imagequant.model.bundle import BACKBONE_ONNX, RANKER_ONNX, RANKER_TORCHSCRIPT, ReadingParams, write_bundle_config
from imagequant.model.cnn.backbone import load_backbone
from imagequant.model.cnn.onnx_export import backbone_to_onnx
from imagequant.model.config import ModelConfig
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Example
from imagequant.model.network import to_tensors
from imagequant.model.ranker import open_session, run_ranker
from imagequant.params import ExportParams, Params
from imagequant.stages.export import formats
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.store import load_model

_PARITY_BATCHES = (1, 5)


def run(params: Params, layout: Layout) -> None:
    """Export, check parity with eager mode on real rows, and measure latency.

    Raises:
        InputError: If an exported network differs from eager mode by more than ``export.tolerance``.
    """
    torch.set_num_threads(1)
    network, config = load_model(layout.models("train"))
    examples = _real_examples(params.export, config, layout)
    batches = [collate(examples[at : at + size]) for size in _PARITY_BATCHES for at in range(0, len(examples), size)]

    folder = fresh_folder(layout.models("export"))
    scripted = formats.trace(network, batches[-1])
    formats.write_torchscript(folder / RANKER_TORCHSCRIPT, scripted)
    formats.write_ranker_onnx(folder / RANKER_ONNX, network, batches[-1], params.export.opset)
    backbone, _ = load_backbone(params.cnn, torch.device("cpu"))
    write_bytes(folder / BACKBONE_ONNX, backbone_to_onnx(backbone, params.preprocess.size, params.export.opset))
    reading = ReadingParams(params.preprocess.size, params.cnn.precision, params.ocr, params.candidates)
    write_bundle_config(folder, config, reading)

    runners = _runners(network, folder)
    differences = {name: largest_difference(network, runner, batches) for name, runner in runners.items()}
    _check_parity(differences, params.export.tolerance)
    latency = {name: _latency(runner, batches[0], params.export.latency_runs) for name, runner in runners.items()}
    write_json(
        layout.metrics("export") / "latency.json",
        {"milliseconds_one_question": latency, "largest_difference": differences, "rows": len(examples)},
    )
    text = ", ".join(f"{name} {milliseconds:.2f} ms" for name, milliseconds in latency.items())
    print(f"export: equal to eager within {params.export.tolerance:g} on {len(examples)} rows; {text}", file=sys.stderr)


Runner = Callable[[Inputs], "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]


def _real_examples(params: ExportParams, config: ModelConfig, layout: Layout) -> list[Example]:
    questions = Questions.from_layout(layout, config.limits).select()
    examples = [question.example for question in islice(questions, params.parity_rows)]
    if not examples:
        raise InputError("data/labels: no usable rows to compare the exported networks with")
    return examples


def _runners(network: Ensemble, folder: Path) -> dict[str, Runner]:
    """Return eager mode, and the exported networks loaded from their files."""
    scripted = formats.read_torchscript(folder / RANKER_TORCHSCRIPT)
    session = open_session(folder / RANKER_ONNX)

    @torch.inference_mode()
    def eager(inputs: Inputs) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.asarray(network(*to_tensors(inputs)).numpy())

    @torch.inference_mode()
    def torchscript(inputs: Inputs) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.asarray(scripted(*to_tensors(inputs)).numpy())

    return {"eager": eager, "torchscript": torchscript, "onnx": lambda inputs: run_ranker(session, inputs)}


def largest_difference(network: nn.Module, runner: Runner, batches: Sequence[Inputs]) -> float:
    """Return the largest absolute difference from eager mode over all batches, without padding."""
    largest = 0.0
    with torch.inference_mode():
        for batch in batches:
            mask = np.append(batch.candidate_mask, np.ones((len(batch.entity), 1), dtype=bool), axis=1)
            difference = np.abs(network(*to_tensors(batch)).numpy() - runner(batch))[mask]
            largest = max(largest, float(difference.max()))
    return largest


def _check_parity(differences: dict[str, float], tolerance: float) -> None:
    for name, difference in differences.items():
        if difference > tolerance:
            raise InputError(
                f"export.tolerance: {name} differs from eager by {difference:.2e}; allowed: {tolerance:.2e}"
            )


def _latency(runner: Runner, inputs: Inputs, runs: int) -> float:
    """Return the median milliseconds per batch, after warming up."""
    times = []
    for _ in range(runs + 5):
        started = time.perf_counter()
        runner(inputs)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[5:])
