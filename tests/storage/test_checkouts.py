"""Experiments in copies of a checkout: they share its work cache, and leave nothing in it that only they can use."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagequant.storage.layout import CACHE_VARIABLE, Layout
from imagequant.storage.work_cache import WorkCache

# Of a queued experiment, and of one run with --temp.
PLACES = (".dvc/tmp/exps/tmpabc", ".dvc/tmp/exps/standalone/tmpabc")


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)


@pytest.mark.parametrize("place", PLACES)
def test_a_copy_uses_the_work_cache_of_its_checkout(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / place
    copy.mkdir(parents=True)
    assert Layout(tmp_path).work_cache == tmp_path / ".cache/imagequant"
    assert Layout(copy).work_cache == tmp_path / ".cache/imagequant"
    monkeypatch.chdir(copy)  # as DVC runs stages
    assert Layout(Path()).work_cache == tmp_path / ".cache/imagequant"
    monkeypatch.setenv(CACHE_VARIABLE, "elsewhere")
    assert Layout(Path()).work_cache == Path("elsewhere")


@pytest.mark.parametrize("place", PLACES)
def test_shards_are_kept_in_the_copy_which_goes(place: str, tmp_path: Path) -> None:
    cache = WorkCache(tmp_path / ".cache/imagequant")
    copy = tmp_path / place
    assert cache.shards(tmp_path / "data/ocr").root.is_relative_to(cache.root)
    assert cache.shards(copy / "data/ocr").root.is_relative_to(copy)
