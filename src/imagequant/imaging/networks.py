"""Reproducible OpenVINO networks."""

from dataclasses import replace
from pathlib import Path

import openvino as ov

from imagequant.imaging.compilation import THROUGHPUT, Compilation
from imagequant.params import Precision


def compile_network(
    model: ov.Model | Path, precision: Precision, compilation: Compilation = THROUGHPUT
) -> ov.InferRequest:
    """Compile a network.

    OpenVINO's default precision depends on the processor, and so would the results. ``bf16`` falls back to float32 on
    processors without bfloat16.

    Args:
        model: The network, or its ONNX file, which need not be read if it is among those kept.
        precision: Of the arithmetic.
        compilation: For how many threads, and where compiled networks are kept.
    """
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        # Stages run one process per core, and pinning would bind all of them to the first core.
        "INFERENCE_NUM_THREADS": compilation.threads,
        "ENABLE_CPU_PINNING": False,
    }
    core = ov.Core()
    if compilation.kept is None:
        return core.compile_model(model, "CPU", settings).create_infer_request()
    core.set_property({"CACHE_DIR": str(compilation.kept)})
    if not isinstance(model, Path):
        fix_names(model)
    try:
        return core.compile_model(model, "CPU", settings).create_infer_request()
    except RuntimeError:  # the disk is full, or another process has removed the folder; what else fails, fails again
        return compile_network(model, precision, replace(compilation, kept=None))


def fix_names(model: ov.Model) -> None:
    """Name everything by position: OpenVINO's own names depend on what else is loaded meanwhile.

    They are part of the hash of compiled networks.
    """
    model.set_friendly_name("network")
    for number, node in enumerate(model.get_ordered_ops()):
        node.set_friendly_name(f"n{number}")
    for number, output in enumerate(model.outputs):
        # Exported networks have names of their own, by which their outputs are found.
        if any(name.startswith("Result_") for name in output.get_names()):
            output.get_tensor().set_names({f"output{number}"})
