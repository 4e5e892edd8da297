"""Reproducible OpenVINO networks."""

import openvino as ov

from imagequant.params import Precision


def compile_network(model: ov.Model, precision: Precision) -> ov.InferRequest:
    """Compile a network to run on one core.

    OpenVINO's default precision depends on the processor, and so would the results. ``bf16`` falls back to float32 on
    processors without bfloat16.
    """
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        # Stages run one process per core, and pinning would bind all of them to the first core.
        "INFERENCE_NUM_THREADS": 1,
        "ENABLE_CPU_PINNING": False,
    }
    return ov.Core().compile_model(model, "CPU", settings).create_infer_request()
