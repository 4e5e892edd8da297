from __future__ import annotations

import pytest
import torch

from imagequant.errors import InputError
from imagequant.imaging.device import GPU_PROCESSES, engine_on, pick_device
from imagequant.params import EngineParams


def test_cpu_is_always_there():
    assert pick_device("cpu", "preprocess.device") == "cpu"


def test_auto_takes_what_there_is():
    assert pick_device("auto", "preprocess.device") == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks for a GPU where there is none")
def test_a_missing_gpu_is_an_error_that_names_the_key():
    with pytest.raises(InputError, match=r"^preprocess\.device: cuda, .*allowed here: auto, cpu$"):
        pick_device("cuda", "preprocess.device")


def test_a_gpu_is_shared_by_a_few_processes_of_its_machine():
    assert engine_on("cpu", EngineParams("ray", 64)) == EngineParams("ray", 64)
    assert engine_on("cuda", EngineParams("serial", 64)) == EngineParams("serial", 64)
    assert engine_on("cuda", EngineParams("ray", 64, "auto")).name == "process"
    assert engine_on("cuda", EngineParams("process", 2)).workers == 2
    assert engine_on("cuda", EngineParams("process", 64)).workers == GPU_PROCESSES
    assert 1 <= engine_on("cuda", EngineParams("process", 0)).workers <= GPU_PROCESSES
