"""The work cache: what is there, what counts as absent, and what a key depends on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imagequant.storage.work_cache import WorkCache, fingerprint

KEY = fingerprint("photo", {"size": 5})


def entry_file(root: Path) -> Path:
    (path,) = (path for path in root.rglob("*") if path.is_file())
    return path


def test_entries_come_back_by_area_and_key(tmp_path):
    cache = WorkCache(tmp_path)
    assert cache.get("ocr", KEY) is None
    cache.put("ocr", KEY, b"words")
    assert WorkCache(tmp_path).get("ocr", KEY) == b"words"
    assert cache.get("cnn", KEY) is None
    assert cache.get("ocr", fingerprint("another")) is None


def test_an_empty_entry_is_an_entry(tmp_path):
    cache = WorkCache(tmp_path)
    cache.put("ocr", KEY, b"")
    assert cache.get("ocr", KEY) == b""


@pytest.mark.parametrize(
    "damage",
    [
        lambda payload: b"",  # a full disk
        lambda payload: payload[:20],
        lambda payload: payload[:-1],  # cut short
        lambda payload: payload[:-1] + bytes([payload[-1] ^ 1]),  # one bit
        lambda payload: bytes(len(payload)),  # zeroed by a crash
    ],
)
def test_a_damaged_entry_counts_as_absent_and_is_made_again(tmp_path, damage):
    cache = WorkCache(tmp_path)
    cache.put("ocr", KEY, b"words")
    path = entry_file(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("ocr", KEY) is None
    cache.put("ocr", KEY, b"again")
    assert cache.get("ocr", KEY) == b"again"


def test_keys_do_not_depend_on_the_order_of_a_mapping_or_the_process():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    code = "from imagequant.storage.work_cache import fingerprint; print(fingerprint('photo', {'size': 5}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "3"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == KEY


@pytest.mark.parametrize(
    "parts", [("photo", {"size": 6}), ("photo", {"size": "5"}), ("photo",), ({"size": 5}, "photo")]
)
def test_other_values_have_other_keys(parts):
    assert fingerprint(*parts) != KEY
