"""The package without extras: a fresh environment with nothing but what `pip install` of the base brings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
# What only training, the pipeline and its extras need.
ABSENT = ("torch", "dvc", "pandas", "lightgbm", "matplotlib", "sklearn", "onnx", "fontTools")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the base package, its dependencies in the versions of the lock."""
    folder = tmp_path_factory.mktemp("base")
    # Not from the checkout itself, in which setuptools would leave a folder `build`.
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "src", "pyproject.toml", "README.md"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        target = folder / "project" / name
        if (ROOT / name).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    # Without pip and compiled files, which take half of the time.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "venv/bin/python", "--disable-pip-version-check"]
    install = ["install", "--quiet", "--no-compile", "--constraint", ROOT / "requirements.lock", folder / "project"]
    subprocess.run([*pip, *install], check=True, timeout=550)
    return folder / "venv/bin"


@pytest.mark.slow
def test_the_base_package_answers_a_photo(
    environment: Path,
    model: Path,
    printed: Callable[[Sequence[str]], Image.Image],
    tmp_path: Path,
    no_network: Sequence[str],
) -> None:
    photo = tmp_path / "pack.png"
    printed(["Net Wt 500 g"]).save(photo)
    command = [environment / "imagequant", "predict", photo, "-e", "item_weight", "--json", "--model", model]
    done = subprocess.run([*no_network, *command], cwd=tmp_path, capture_output=True, text=True, check=True)
    (answer,) = json.loads(done.stdout)["predictions"]
    assert (answer["text"], answer["words"]) == ("500 gram", "500 g")

    script = (
        "import importlib.util, sys\n"
        "from imagequant import load_predictor\n"
        f"(answer,) = load_predictor({str(model)!r}).predict({str(photo)!r}, ['item_weight'])\n"
        "print(answer.text)\n"
        f"print([name for name in {ABSENT!r} if importlib.util.find_spec(name)])\n"
    )
    done = subprocess.run(
        [environment / "python", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["500 gram", "[]"]
