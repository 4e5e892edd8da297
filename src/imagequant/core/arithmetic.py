"""Which instructions numerical libraries may use: the same on every processor, or the fastest on this one.

Libraries choose their kernels by processor, and kernels differ in the last digits of their results. The variables below
limit all of them to what every x86-64 processor with AVX2 has. Libraries read them when they are loaded.
"""

import os
import platform
import re
import sys
from functools import cache
from pathlib import Path
from typing import Literal

from imagequant.core.errors import InputError

Arithmetic = Literal["portable", "native"]
PORTABLE: dict[str, str] = {
    "ATEN_CPU_CAPABILITY": "avx2",  # torch's own kernels
    "MKL_CBWR": "COMPATIBLE",  # torch's matrix products; other values are not for AMD
    "ONEDNN_MAX_CPU_ISA": "AVX2",  # torch's LSTM
    "OV_CPU_MAX_ISA": "AVX2",  # OpenVINO, which also needs the variable above
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",  # numpy
    "OPENBLAS_CORETYPE": "Haswell",  # matrix products of numpy and scipy
    "OPENCV_IPP": "disabled",  # Intel's routines differ on other makes of processor
    "OPENCV_LOG_LEVEL": "ERROR",  # or OpenCV warns in each process that they are disabled
    "OPENCV_CPU_DISABLE": "AVX512-SKX",
}
# Wider vectors for OpenVINO, for a process that only runs networks that give the same bytes with them.
_WIDENED = {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE", "OV_CPU_MAX_ISA": "AVX512_CORE"}
_X86 = ("x86_64", "AMD64")
# The first of these libraries to be imported fixes the choice.
_LIBRARIES = ("numpy", "torch", "openvino", "cv2")


def use(arithmetic: Arithmetic) -> None:
    """Limits the libraries of this process, and of those that it starts, if ``arithmetic`` is portable.

    Other processors than x86-64 always use their own arithmetic.

    Raises:
        InputError: If a library is already loaded without these limits.
    """
    if arithmetic == "native" or platform.machine() not in _X86 or is_portable():
        return
    loaded = [name for name in _LIBRARIES if name in sys.modules]
    if loaded:
        raise InputError(
            f"versions.arithmetic: portable, but {', '.join(loaded)} is already loaded; call arithmetic.use before"
            " importing it, or set versions.arithmetic: native"
        )
    os.environ.update(_limits_here())


def widen() -> None:
    """Let OpenVINO use AVX-512 in this process, if its arithmetic is portable; call it before OpenVINO is used.

    This is only for processes whose networks give the same bytes with and without it.
    """
    if is_portable():
        os.environ.update(_WIDENED)


def is_portable() -> bool:
    """Return whether the environment limits libraries to portable arithmetic."""
    return all(os.environ.get(name) in (value, _WIDENED.get(name)) for name, value in _limits_here().items())


def in_use() -> str:
    """Return what decides the last digits in this process: ``portable x86-64``, or ``native`` and the processor."""
    if platform.machine() in _X86 and is_portable():
        return "portable x86-64"
    return f"native {_processor() or platform.machine()}"


def _limits_here() -> dict[str, str]:
    """Return the limits that mean something here: OpenCV complains about AVX-512 where there is none."""
    flags = _cpuinfo("flags").split()
    needless = {"OPENCV_CPU_DISABLE"} if flags and "avx512vl" not in flags else set()
    return {name: value for name, value in PORTABLE.items() if name not in needless}


def _processor() -> str:
    return _cpuinfo("model name") or platform.processor()


@cache
def _cpuinfo(key: str) -> str:
    """Return what Linux says about the first core, or nothing on other systems."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(encoding="utf-8") if cpuinfo.exists() else ""
    match = re.search(rf"^{key}\s*:\s*(.+)$", text, re.MULTILINE)
    return match[1] if match else ""
