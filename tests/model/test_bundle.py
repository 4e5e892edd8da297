"""An exported model is used only as it was exported, and by the version that made it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from imagequant.core.errors import InputError
from imagequant.model.bundle import read_bundle


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(model, tmp_path / "model")


def flip(path: Path) -> None:
    payload = bytearray(path.read_bytes())
    payload[len(payload) // 2] ^= 1
    path.write_bytes(payload)


def rewrite(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_what_was_exported_is_read(folder: Path) -> None:
    assert read_bundle(folder).folder == folder


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda at: flip(at / "ranker.onnx"), r"ranker\.onnx: not what was exported"),
        (lambda at: flip(at / "backbone.onnx"), r"backbone\.onnx: not what was exported"),
        (lambda at: rewrite(at / "reading.json", size=320), r"reading\.json: not what was exported"),
        (lambda at: (at / "backbone.onnx").unlink(), r"backbone\.onnx: missing"),
        (
            lambda at: rewrite(at / "bundle.json", format=7, made_by="imagequant 9.1"),
            r"made by imagequant 9\.1 \(format 7\); this is imagequant \S+ \(format 2\)",
        ),
        (lambda at: (at / "bundle.json").unlink(), r"made by a version before format 1; this is imagequant"),
        (lambda at: rewrite(at / "config.json", format=99), r"config\.json: .*99"),
        (shutil.rmtree, r"no exported model"),
    ],
)
def test_anything_else_is_refused_with_a_line_that_says_what(
    folder: Path, damage: Callable[[Path], object], says: str
) -> None:
    damage(folder)
    with pytest.raises(InputError, match=says) as error:
        read_bundle(folder)
    assert "\n" not in str(error.value)
