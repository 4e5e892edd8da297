"""Compiled networks are kept for the next start; whatever happens to them, answers stay the same."""

import os
from pathlib import Path
from typing import Any

import openvino as ov
import pytest

from imagequant import InputError, load_predictor
from imagequant.predictor.kept_networks import kept_networks


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "imagequant" / "networks"


def test_a_second_start_uses_what_the_first_left(cache: Path, model: Path, photos: Path) -> None:
    first = load_predictor(model).predict(photos / "pack.png")
    kept = {path: path.read_bytes() for path in cache.rglob("*.blob")}
    assert kept
    assert load_predictor(model).predict(photos / "pack.png") == first
    assert {path: path.read_bytes() for path in cache.rglob("*.blob")} == kept
    for path in kept:  # a full disk, a killed process
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[: len(kept[path]) // 2])
    assert load_predictor(model).predict(photos / "pack.png") == first


def test_threads_change_no_answer(model: Path, photos: Path) -> None:
    answers = [load_predictor(model, threads).predict(photos / "pack.png", ["item_weight"]) for threads in (1, 3)]
    assert answers[0] == answers[1]
    assert answers[0][0].text == "500 gram"
    with pytest.raises(InputError, match="threads: 0; allowed: 1 or more"):
        load_predictor(model, 0)


def test_a_home_that_cannot_be_written_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Path, photos: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert kept_networks("a") is None
    assert load_predictor(model).predict(photos / "pack.png", ["item_weight"])[0].text == "500 gram"


def test_only_the_models_used_last_are_kept(cache: Path) -> None:
    for age, name in enumerate("abcdef"):
        folder = kept_networks(name)
        assert folder is not None
        (folder / "1.blob").write_bytes(b"1")
        os.utime(folder, (age, age))
    kept_networks("a")
    assert sorted(path.name for path in cache.iterdir()) == ["a", "d", "e", "f"]


class Vanishing(ov.Core):
    """OpenVINO when another process removes the folder while a network is written to it."""

    is_kept = False

    def set_property(self, properties: dict[str, str]) -> None:
        self.is_kept |= "CACHE_DIR" in properties
        super().set_property(properties)

    def compile_model(self, *arguments: Any) -> ov.CompiledModel:
        if self.is_kept:
            raise RuntimeError("filesystem error: cannot set permissions: No such file or directory")
        return super().compile_model(*arguments)


def test_a_folder_that_vanishes_costs_only_time(
    cache: Path, monkeypatch: pytest.MonkeyPatch, model: Path, photos: Path
) -> None:
    monkeypatch.setattr(ov, "Core", Vanishing)
    assert load_predictor(model).predict(photos / "pack.png", ["item_weight"])[0].text == "500 gram"
    assert not list(cache.rglob("*.blob"))
