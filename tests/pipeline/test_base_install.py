"""The wheel without extras: a fresh environment with nothing but what `pip install` of it brings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.exported_model import print_photo

from imagequant.core.release import DISTRIBUTION

ROOT = Path(__file__).parents[2]
# What only training, the pipeline and its extras need.
ABSENT = ("torch", "dvc", "pandas", "lightgbm", "matplotlib", "sklearn", "onnx", "onnxruntime", "fontTools")


# The limit that the README states.
MOST_MEGABYTES = 700


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A virtual environment with the wheel, a model inside, and its dependencies in the versions of the lock."""
    folder = tmp_path_factory.mktemp("base")
    subprocess.run([ROOT / ".ci" / "dist", folder / "dist", model], check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    # Without pip and compiled files, which take half of the time.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "venv/bin/python", "--disable-pip-version-check"]
    install = ["install", "--quiet", "--no-compile", "--constraint", ROOT / "requirements.lock", wheel]
    subprocess.run([*pip, *install], check=True, timeout=550)
    return folder / "venv/bin"


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo with a net weight, in a folder without a model."""
    path = tmp_path_factory.mktemp("photo") / "pack.png"
    print_photo(["Net Wt 500 g"]).save(path)
    return path


@pytest.mark.slow
def test_the_wheel_answers_a_photo(environment: Path, photo: Path, no_network: Sequence[str]) -> None:
    command = [*no_network, environment / "imagequant", "predict", photo, "-e", "item_weight", "--json"]
    done = subprocess.run(command, cwd=photo.parent, capture_output=True, text=True, check=True)
    values = json.loads(done.stdout)
    (answer,) = values["predictions"]
    assert (answer["text"], answer["words"]) == ("500 gram", "500 g")
    assert (values["model"]["name"], values["model"]["version"]) == ("test", version(DISTRIBUTION))

    script = (
        "import importlib.util\n"
        "from imagequant import load_predictor\n"
        f"(answer,) = load_predictor().predict({str(photo)!r}, ['item_weight'])\n"
        "print(answer.text)\n"
        f"print([name for name in {ABSENT!r} if importlib.util.find_spec(name)])\n"
    )
    done = subprocess.run(
        [*no_network, environment / "python", "-c", script],
        cwd=photo.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["500 gram", "[]"]


@pytest.mark.slow
def test_without_tesseract_it_answers_and_says_so_once(environment: Path, photo: Path) -> None:
    command = [environment / "imagequant", "predict", photo, photo, "-e", "item_weight", "--json"]
    done = subprocess.run(
        command, cwd=photo.parent, env={"PATH": str(environment)}, capture_output=True, text=True, check=True
    )
    assert [json.loads(line)["predictions"][0]["text"] for line in done.stdout.splitlines()] == ["500 gram"] * 2
    assert done.stderr.splitlines() == [
        "imagequant: tesseract is not installed: rapidocr reads alone, which finds a little less"
    ]


@pytest.mark.slow
def test_a_checkouts_own_model_takes_precedence(environment: Path, photo: Path, unsure_model: Path) -> None:
    (photo.parent / "models").mkdir()
    (photo.parent / "models" / "export").symlink_to(unsure_model)
    command = [environment / "imagequant", "predict", photo, "-e", "item_weight", "--json"]
    done = subprocess.run(command, cwd=photo.parent, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["predictions"][0]["reason"] == "too unsure"


@pytest.mark.slow
def test_it_is_small_and_has_its_card(environment: Path) -> None:
    files = [path for path in environment.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < MOST_MEGABYTES * 1e6
    (card,) = environment.parent.glob("lib/*/site-packages/imagequant/predictor/built_in/MODEL_CARD.md")
    assert "# Model card: test" in card.read_text(encoding="utf-8")
