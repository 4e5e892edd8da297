"""Networks on OpenVINO, set up so that the same input gives the same output wherever and however often it is run."""

from __future__ import annotations

import openvino as ov

from imagequant.params import Precision


def compile_network(model: ov.Model, precision: Precision) -> ov.InferRequest:
    """Makes a network ready to run on one core.

    Args:
        model: The network.
        precision: Of sums and products. OpenVINO's own choice depends on the processor, and so would the results.
            ``bf16`` is float32 where the processor has no bfloat16.
    """
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        # Stages run one process a core. Pinned, OpenVINO would bind every process to the first core.
        "INFERENCE_NUM_THREADS": 1,
        "ENABLE_CPU_PINNING": False,
    }
    return ov.Core().compile_model(model, "CPU", settings).create_infer_request()
