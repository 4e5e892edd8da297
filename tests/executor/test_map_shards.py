"""Work spread over shards: order, equality of engines, exceptions, progress."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from imagequant.core.errors import InputError
from imagequant.executor import Threads, iterate_shards, map_shards, track
from imagequant.executor.processes import stream
from imagequant.params import ExecutorParams

# Processes import what they are given by name; a test module has none under importlib mode, the library's have.
SERIAL = ExecutorParams("serial", 1)
PROCESS = ExecutorParams("process", 2)
THREADS = Threads(2)
ENGINES = pytest.mark.parametrize("engine", [SERIAL, THREADS, PROCESS], ids=["serial", "threads", "process"])


def builder(function):
    """A picklable builder of a library function: ``partial(partial, f)()`` is ``partial(f)``."""
    return partial(partial, function)


@ENGINES
def test_results_come_in_the_items_order(engine):
    # The first items are the slowest by far.
    items = [10**size for size in (6, 5, 1, 0)]
    assert map_shards(builder(bytes), items, engine, "test") == [bytes(item) for item in items]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_stream_gives_results_while_its_items_are_made(workers):
    made = []

    def items():
        for size in range(500):
            made.append(size)
            yield size

    results = stream(builder(bytes), items(), workers, lambda _: b"")
    assert [next(results) for _ in range(3)] == [bytes(size) for size in range(3)]
    assert len(made) < 200
    assert list(results) == [bytes(size) for size in range(3, 500)]
    assert list(stream(builder(bytes), [], workers, lambda _: b"")) == []


def test_an_item_that_ends_its_process_costs_only_its_own_result():
    items = [signal.SIGCONT] * 40
    items[7] = items[8] = items[30] = signal.SIGKILL
    results = list(stream(builder(signal.raise_signal), items, 2, lambda item: item.name))
    assert results == ["SIGKILL" if item is signal.SIGKILL else None for item in items]


def test_workers_that_die_as_they_start_do_not_blame_the_items():
    with pytest.raises(InputError, match="worker processes die as they start"):
        list(stream(partial(signal.raise_signal, signal.SIGKILL), [1, 2, 3], 2, lambda _: None))


def test_what_keeps_a_worker_from_starting_is_raised_here(capfd):
    with pytest.raises(ZeroDivisionError):
        list(stream(partial(divmod, 1, 0), [1, 2, 3], 2, lambda _: (0, 0)))
    assert "ZeroDivisionError" not in capfd.readouterr().err


@ENGINES
def test_results_can_be_taken_one_by_one(engine):
    results = iterate_shards(builder(bytes), [3, 2, 1], engine, "test")
    assert next(results) == bytes(3)
    assert list(results) == [bytes(2), bytes(1)]


@ENGINES
def test_no_items(engine):
    assert map_shards(builder(bytes), [], engine, "test") == []


def test_engines_agree():
    items = [Path(f"a/{number}/../b") for number in range(7)]
    results = [map_shards(builder(os.path.normpath), items, engine, "test") for engine in (SERIAL, THREADS, PROCESS)]
    assert results[0] == results[1] == results[2] == [os.path.normpath(item) for item in items]


@ENGINES
def test_the_first_exception_comes_through(engine, tmp_path):
    (tmp_path / "there").touch()
    items = [str(tmp_path / name) for name in ("there", "gone", "there", "there")]
    with pytest.raises(FileNotFoundError, match="gone"):
        map_shards(builder(os.path.getsize), items, engine, "test")


@ENGINES
def test_a_second_run_works_after_a_failed_one(engine):
    with pytest.raises(ValueError, match="invalid literal"):
        map_shards(builder(int), ["1", "x"], engine, "test")
    assert map_shards(builder(int), ["1", "2"], engine, "test") == [1, 2]


def test_processes_have_one_thread_each_and_the_parent_keeps_its_own(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    names = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"]
    assert map_shards(builder(os.getenv), names, PROCESS, "test") == ["1"] * 4
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks Linux who is working")
def test_one_item_is_not_worth_a_process():
    me, itself = str(os.getpid()), "/proc/self"
    assert map_shards(builder(os.readlink), [itself], PROCESS, "test") == [me]
    assert me not in map_shards(builder(os.readlink), [itself] * 2, PROCESS, "test")


def test_the_function_is_built_once_for_all_items_of_a_serial_run():
    built = []

    def build():
        built.append(1)
        return str

    assert map_shards(build, [1, 2, 3], SERIAL, "test") == ["1", "2", "3"]
    assert built == [1]


@ENGINES
def test_progress_is_plain_lines_where_there_is_no_terminal(engine, capfd):
    map_shards(builder(int), ["1", "2", "3"], engine, "reading")
    lines = capfd.readouterr().err.splitlines()
    assert lines[-1].startswith("reading: 3/3 (")
    assert all(line.isprintable() for line in lines), "no escape codes, no carriage returns"


def test_progress_on_stdout_would_spoil_output(capfd):
    assert list(track(iter("ab"), 2, "x")) == ["a", "b"]
    assert capfd.readouterr().out == ""


def test_progress_of_nothing_says_nothing(capfd):
    assert list(track([], 0, "x")) == []
    assert capfd.readouterr().err == ""


def test_a_terminal_gets_a_bar(monkeypatch, capfd):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(track(iter("ab"), 2, "x")) == ["a", "b"]
    assert "x: 2/2 (" not in capfd.readouterr().err


_ENDLESS = """
import os, sys, time
from functools import partial
from pathlib import Path
from imagequant.executor import map_shards
from imagequant.params import ExecutorParams
from imagequant.core.files import replacing

def build():
    return endless

def endless(folder):
    with replacing(Path(folder) / "shard") as temporary:
        temporary.write_text("half")
        Path(folder, f"{os.getpid()}.pid").touch()
        time.sleep(600)

if __name__ == "__main__":
    map_shards(build, sys.argv[1:], ExecutorParams("process", 2), "endless")
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_no_process_behind(tmp_path, how):
    """Also where only the main process is told: by `kill`, by a scheduler, by the system when memory is short."""
    script = tmp_path / "endless.py"
    script.write_text(_ENDLESS)
    folders = [tmp_path / name for name in "ab"]
    run = subprocess.Popen(
        [sys.executable, str(script), *map(str, folders)],
        stderr=subprocess.DEVNULL,
        # Where the tests run in a shell's background, they ignore it, and what they start does.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (no threads here)
    )
    pids = eventually(lambda: [int(path.stem) for path in tmp_path.glob("?/*.pid")], lambda found: len(found) == 2)
    run.send_signal(how)
    assert run.wait(60) != 0
    assert eventually(lambda: [pid for pid in pids if is_alive(pid)], lambda found: not found) == []
    if how == signal.SIGINT:
        assert [path.name for folder in folders for path in folder.iterdir() if path.suffix != ".pid"] == []


def eventually(look, is_right):
    """What is seen once it is right, or at the end of a minute."""
    for _ in range(600):
        if is_right(found := look()):
            break
        time.sleep(0.1)
    return found


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
