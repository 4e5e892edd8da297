"""Portable arithmetic: chosen before libraries load, inherited by workers, the same as on an older processor."""

import json
import os
import platform
import subprocess
import sys

import pytest

from imagequant.core import arithmetic

pytestmark = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="limits x86-64 only")
# Imports a library or not, chooses an arithmetic, and tells what is in use.
_PROGRAM = """
import json, sys
for name in sys.argv[2:]:
    __import__(name)
from imagequant.core import arithmetic
arithmetic.use(sys.argv[1])
import numpy
from numpy._core._multiarray_umath import __cpu_features__ as features
print(json.dumps([arithmetic.in_use(), features["X86_V4"] or features["X86_V3"]]))
"""


def choose(name: str, *loaded: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in arithmetic.PORTABLE}
    command = [sys.executable, "-c", _PROGRAM, name, *loaded]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_portable_limits_libraries_and_native_does_not() -> None:
    assert json.loads(choose("portable").stdout) == ["portable x86-64", False]
    assert json.loads(choose("native").stdout)[0].startswith("native ")


def test_limits_cause_no_message() -> None:
    program = "from imagequant.core import arithmetic; arithmetic.use('portable'); import cv2"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stderr == ""


def test_a_library_that_is_already_loaded_is_an_error_that_names_it() -> None:
    failed = choose("portable", "numpy")
    assert failed.returncode != 0
    assert "numpy is already loaded" in failed.stderr


def test_tests_run_with_portable_arithmetic() -> None:
    assert arithmetic.in_use() == "portable x86-64"
    arithmetic.use("portable")  # once more is no error, although libraries are loaded
