from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
import torch

from imagequant.core.errors import InputError
from imagequant.executor import Threads
from imagequant.executor.run import GPU_THREADS, pick_device, processes_on, threads_on
from imagequant.params import ExecutorParams


def test_cpu_is_always_there():
    assert pick_device("cpu", "preprocess.device") == "cpu"


def test_auto_takes_what_there_is():
    assert pick_device("auto", "preprocess.device") == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks for a GPU where there is none")
def test_a_missing_gpu_is_an_error_that_names_the_key():
    with pytest.raises(InputError, match=r"^preprocess\.device: cuda, .*allowed here: auto, cpu$"):
        pick_device("cuda", "preprocess.device")


def test_a_gpu_is_shared_by_threads_of_one_process():
    assert threads_on("cpu", ExecutorParams("ray", 64)) == ExecutorParams("ray", 64)
    assert threads_on("cuda", ExecutorParams("serial", 64)) == ExecutorParams("serial", 64)
    assert threads_on("cuda", ExecutorParams("ray", 2, "auto")) == Threads(2)
    assert threads_on("cuda", ExecutorParams("process", 64)) == Threads(GPU_THREADS)
    assert threads_on("cuda", ExecutorParams("process", 0)) == Threads(min(os.cpu_count(), GPU_THREADS))


@pytest.mark.parametrize(("gigabytes", "processes"), [(141, 12), (16, 8), (1, 1)])
def test_a_gpu_is_shared_by_as_many_processes_as_it_has_room_for(monkeypatch, gigabytes, processes):
    memory = SimpleNamespace(total_memory=gigabytes * 2**30)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: memory)
    assert processes_on("cpu", ExecutorParams("ray", 64)) == ExecutorParams("ray", 64)
    assert processes_on("cuda", ExecutorParams("serial", 64)) == ExecutorParams("serial", 64)
    executor = processes_on("cuda", ExecutorParams("ray", 12, "auto"))
    assert (executor.name, executor.workers) == ("process", processes)
    assert processes_on("cuda", ExecutorParams("process", 0)).workers == min(os.cpu_count(), gigabytes // 2 or 1)
