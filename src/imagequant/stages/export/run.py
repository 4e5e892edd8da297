"""Exports ``models/train`` to ``models/export`` and measures latency (``metrics/export``, not tracked by DVC)."""

import io
import statistics
import sys
import time
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import nn

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, replacing, write_bytes, write_json
from imagequant.core.locations import at_hand
from imagequant.model.batching import Inputs, collate
from imagequant.model.bundle import BACKBONE_ONNX, RANKER_ONNX, RANKER_TORCHSCRIPT, ReadingParams, write_bundle_config
from imagequant.model.cnn.backbone import load_backbone
from imagequant.model.cnn.onnx_export import backbone_to_onnx, to_onnx
from imagequant.model.cnn.weights import Weights
from imagequant.model.ensemble import Ensemble
from imagequant.model.network import to_tensors
from imagequant.model.ranker import LOGITS, load_ranker, run_ranker
from imagequant.params import Params
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.store import load_model

# Dynamic axes of the inputs.
_TOKENS, _CANDIDATES = {0: "rows", 1: "tokens"}, {0: "rows", 1: "candidates"}
_DYNAMIC = {
    **{name: {0: "rows"} for name in Inputs._fields},
    **dict.fromkeys(("ngrams", "token_features", "token_mask"), _TOKENS),
    **dict.fromkeys(
        ("candidate_features", "candidate_ids", "candidate_tokens", "candidate_mask", "centers", "printed"), _CANDIDATES
    ),
}
_PARITY_BATCHES = (1, 5)
Runner = Callable[[Inputs], "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]


def trace(network: nn.Module, example: Inputs) -> torch.jit.ScriptModule:
    """Convert a network to TorchScript with dynamic sizes."""
    with warnings.catch_warnings():
        # TorchScript is deprecated in favour of torch.export, but LibTorch servers need it.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(network, to_tensors(example), check_trace=False)  # type: ignore[no-untyped-call]
        frozen: torch.jit.ScriptModule = torch.jit.freeze(traced)
    return frozen


def write_torchscript(path: Path, module: torch.jit.ScriptModule) -> None:
    """Save TorchScript without debug records, which contain local paths."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        torch.jit.save(module, buffer)
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as target, zipfile.ZipFile(buffer) as source:
        for name in source.namelist():
            if not name.endswith((".debug_pkl", "serialization_id")):
                target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name))


def write_ranker_onnx(path: Path, network: nn.Module, example: Inputs, opset: int) -> None:
    """Export the ranker."""
    write_bytes(path, to_onnx(network, to_tensors(example), Inputs._fields, [LOGITS], _DYNAMIC, opset))


def check_weights(weights: Weights, trained: Mapping[str, str]) -> None:
    """Refuse weights other than those whose features the ranker was trained with (``ModelConfig.cnn``)."""
    for key, value in weights.metadata().items():
        if trained.get(key) != value:
            raise InputError(
                f"export: {key} is {value}, but the ranker was trained with {trained.get(key)}; run `dvc repro`"
            )


def run(params: Params, layout: Layout) -> None:
    """Export, check parity with eager mode on real rows (a larger difference is an error), and measure latency."""
    torch.set_num_threads(1)
    network, config = load_model(layout.models("train"))
    questions = Questions.from_layout(layout, config.limits, config.domain).select()
    examples = [question.example for question in islice(questions, params.export.parity_rows)]
    if not examples:
        raise InputError("data/labels: no usable rows to compare the exported networks with")
    batches = [collate(examples[at : at + size]) for size in _PARITY_BATCHES for at in range(0, len(examples), size)]

    folder = fresh_folder(layout.models("export"))
    scripted = trace(network, batches[-1])
    write_torchscript(folder / RANKER_TORCHSCRIPT, scripted)
    write_ranker_onnx(folder / RANKER_ONNX, network, batches[-1], params.export.opset)
    if config.network.use_cnn:
        backbone, weights = load_backbone(params.cnn)
        check_weights(weights, config.cnn)
        write_bytes(folder / BACKBONE_ONNX, backbone_to_onnx(backbone, params.preprocess.size, params.export.opset))
    reading = ReadingParams(params.preprocess.size, params.cnn.precision, params.ocr, params.candidates)
    write_bundle_config(folder, params.export.name, config, reading)

    runners = _runners(network, folder)
    differences = {name: largest_difference(network, runner, batches) for name, runner in runners.items()}
    for name, difference in differences.items():
        if difference > params.export.tolerance:
            raise InputError(
                f"export.tolerance: {name} differs from eager by {difference:.2e}; allowed:"
                f" {params.export.tolerance:.2e}"
            )
    latency = {name: _latency(runner, batches[0], params.export.latency_runs) for name, runner in runners.items()}
    write_json(
        layout.metrics("export") / "latency.json",
        {"milliseconds_one_question": latency, "largest_difference": differences, "rows": len(examples)},
    )
    text = ", ".join(f"{name} {milliseconds:.2f} ms" for name, milliseconds in latency.items())
    print(f"export: equal to eager within {params.export.tolerance:g} on {len(examples)} rows; {text}", file=sys.stderr)


def _runners(network: Ensemble, folder: Path) -> dict[str, Runner]:
    """Return eager mode, and the exported networks loaded from their files."""

    def in_torch(module: Callable[..., torch.Tensor]) -> Runner:
        return torch.inference_mode()(lambda inputs: np.asarray(module(*to_tensors(inputs)).numpy()))

    ranker = load_ranker(folder / RANKER_ONNX)
    with at_hand(folder / RANKER_TORCHSCRIPT) as local, warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        scripted = torch.jit.load(str(local))  # type: ignore[no-untyped-call]
    return {
        "eager": in_torch(network),
        "torchscript": in_torch(scripted),
        "openvino": lambda inputs: run_ranker(ranker, inputs),
    }


def largest_difference(network: nn.Module, runner: Runner, batches: Sequence[Inputs]) -> float:
    """Return the largest absolute difference from eager mode over all batches, without padding."""
    largest = 0.0
    with torch.inference_mode():
        for batch in batches:
            mask = np.append(batch.candidate_mask, np.ones((len(batch.entity), 1), dtype=bool), axis=1)
            difference = np.abs(network(*to_tensors(batch)).numpy() - runner(batch))[mask]
            largest = max(largest, float(difference.max()))
    return largest


def _latency(runner: Runner, inputs: Inputs, runs: int) -> float:
    """Return the median milliseconds per batch, after warming up."""
    times = []
    for _ in range(runs + 5):
        started = time.perf_counter()
        runner(inputs)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[5:])
