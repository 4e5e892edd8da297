"""Whoever reads photos, ours and others, behind one interface: how long it took, and which words were read."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import Setting, Side, a_thread_each, cores, run_program, seconds, spread_of
from benchmarks.speed.stage import pack
from benchmarks.speed.tools import FASTER_PADDLE, RAPIDOCR, program
from imagequant.core.files import file_digest
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.storage.layout import Layout, list_shards
from imagequant.storage.words import read_words

_LOOPS = Path(__file__).with_name("plain_loops.py")
# RapidOCR reads photo by photo, and needs no more of them at once.
_SHARD_SIZE = 8


@dataclass(frozen=True)
class Read:
    """One run: seconds of the whole process, and the words of each photo."""

    seconds: float
    words: Mapping[Path, PhotoWords]


@dataclass(frozen=True)
class Reader:
    """Someone who reads photos: what it is, and how it reads, given photos and a folder."""

    side: Side
    read: Callable[[Sequence[Path], Path], Read]


@dataclass
class Log:
    """What a reader did in all runs."""

    reader: Reader
    whole: list[float] = field(default_factory=list)
    start_up: list[float] = field(default_factory=list)
    photos: list[int] = field(default_factory=list)
    words: dict[Path, PhotoWords] = field(default_factory=dict)

    def add(self, photos: Sequence[Path], scratch: Path) -> None:
        """Reads a few photos, a core each, which is mostly start-up, and then all of them."""
        few = self.reader.read(photos[: cores()], scratch)
        read = self.reader.read(photos, scratch)
        self.whole.append(read.seconds)
        self.start_up.append(few.seconds)
        self.photos.append(len(photos))
        self.words.update(read.words)

    @property
    def steady(self) -> list[float]:
        """Seconds of a run without start-up: what the photos cost beyond the first few, by so many as were read."""
        return [
            (whole - few) * count / max(count - cores(), 1)
            for whole, few, count in zip(self.whole, self.start_up, self.photos, strict=True)
        ]

    def settings(self) -> dict[str, object]:
        """For the record: the settings, and the seconds of one photo with start-up and without."""
        return {
            **self.reader.side.settings(),
            "seconds_a_photo": spread_of([each / count for each, count in zip(self.whole, self.photos, strict=True)]),
            "seconds_a_photo_without_start_up": spread_of(
                [each / count for each, count in zip(self.steady, self.photos, strict=True)]
            ),
        }


def ours(name: str, overrides: Sequence[str], precision: str, size: str) -> Reader:
    """The ``ocr`` stage with other parameters."""

    def read(photos: Sequence[Path], scratch: Path) -> Read:
        root = scratch / "ours"
        shutil.rmtree(root, ignore_errors=True)  # nothing is known from before
        pack(photos, root, _SHARD_SIZE)
        command = [sys.executable, "-m", "benchmarks.speed.stage", "ocr", str(root), *overrides]
        took = seconds(lambda: run_program(command))
        shards = list_shards(Layout(root).data("ocr") / "train", "parquet")
        words = {photo.sha256: photo for path in shards for photo in read_words(path)}
        digests = {photo: file_digest(photo) for photo in photos}
        return Read(took, {photo: words.get(name, PhotoWords(name, (), ())) for photo, name in digests.items()})

    return Reader(Side(name, a_thread_each(), precision=precision, size=size), read)


def rapidocr_loop() -> Reader:
    """The loop that most people write."""
    side = Side(RAPIDOCR.name, "all cores", precision="float32", size="short side 736")
    return _loop(side, program(RAPIDOCR), "rapidocr")


def faster_paddle(size: str) -> Reader:
    """The same networks in Rust; ``size`` is ``small``, the networks of the others here, or ``tiny``."""
    side = Side(
        f"{FASTER_PADDLE.name} {size}",
        "all cores",
        precision="float32",
        size="short side 736, long side at most 1600",
    )
    return _loop(side, program(FASTER_PADDLE), f"faster-paddle-{size}")


def image_to_string() -> Reader:
    """The document that the project started from reads photos so."""
    side = Side("pytesseract image_to_string", "all cores", size="as they are")
    return _loop(side, Path(sys.executable), "image-to-string")


def _loop(side: Side, python: Path, name: str) -> Reader:
    def read(photos: Sequence[Path], scratch: Path) -> Read:
        output = scratch / "loop.json"
        # -P: modules beside the loop must not stand in for those of a package.
        took = seconds(lambda: run_program([python, "-P", _LOOPS, name, output, *photos]))
        found = json.loads(output.read_text(encoding="utf-8"))
        return Read(took, {photo: _words(lines) for photo, lines in zip(photos, found, strict=True)})

    return Reader(side, read)


def _words(lines: Sequence[Sequence[Any]]) -> PhotoWords:
    words = tuple(
        Word(str(text), Box(*map(float, box)), float(confidence), 0, "rapidocr") for text, *box, confidence in lines
    )
    return PhotoWords("", words, tuple(True for _ in words))


def alternating(readers: Mapping[str, Reader], setting: Setting) -> dict[str, Log]:
    """Lets all read the same photos, one reader after the other, other photos in each run."""
    logs = {name: Log(reader) for name, reader in readers.items()}
    for number, photos in enumerate(setting.photos.parts):
        for name, log in logs.items():
            log.add(photos, setting.scratch)
            took = f"{log.whole[-1]:.2f} s, with few photos {log.start_up[-1]:.2f} s"
            print(f"  run {number + 1}/{len(setting.photos.parts)}: {name} {took}", file=sys.stderr, flush=True)
    return logs
