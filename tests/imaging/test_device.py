from __future__ import annotations

import pytest
import torch

from imagequant.errors import InputError
from imagequant.imaging.device import pick_device


def test_cpu_is_always_there():
    assert pick_device("cpu", "preprocess.device") == "cpu"


def test_auto_takes_what_there_is():
    assert pick_device("auto", "preprocess.device") == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks for a GPU where there is none")
def test_a_missing_gpu_is_an_error_that_names_the_key():
    with pytest.raises(InputError, match=r"^preprocess\.device: cuda, .*allowed here: auto, cpu$"):
        pick_device("cuda", "preprocess.device")
