"""Reproducible export to TorchScript and ONNX."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import torch
from torch import nn

from imagequant.core.files import replacing, write_bytes
from imagequant.core.locations import at_hand
from imagequant.model.batching import Inputs
from imagequant.model.cnn.onnx_export import to_onnx
from imagequant.model.network import to_tensors
from imagequant.model.ranker import LOGITS

# Dynamic axes of the inputs.
_DYNAMIC = {
    "ngrams": {0: "rows", 1: "tokens"},
    "token_features": {0: "rows", 1: "tokens"},
    "token_mask": {0: "rows", 1: "tokens"},
    "candidate_features": {0: "rows", 1: "candidates"},
    "candidate_ids": {0: "rows", 1: "candidates"},
    "candidate_tokens": {0: "rows", 1: "candidates"},
    "candidate_mask": {0: "rows", 1: "candidates"},
    "centers": {0: "rows", 1: "candidates"},
    "entity": {0: "rows"},
    "group": {0: "rows"},
    "pooled": {0: "rows"},
    "grid": {0: "rows"},
}


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


def read_torchscript(path: Path) -> torch.jit.ScriptModule:
    """Load a file from ``write_torchscript``."""
    with at_hand(path) as local, warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        loaded: torch.jit.ScriptModule = torch.jit.load(str(local))  # type: ignore[no-untyped-call]
    return loaded


def write_ranker_onnx(path: Path, network: nn.Module, example: Inputs, opset: int) -> None:
    """Export the ranker."""
    write_bytes(path, to_onnx(network, to_tensors(example), Inputs._fields, [LOGITS], _DYNAMIC, opset))
