"""Texts of all kinds through the grammar, and broken files through the readers of CSV files and parameters."""

from __future__ import annotations

import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import yaml

from benchmarks.speed.harness import ROOT
from imagequant.core.errors import InputError
from imagequant.core.records import Mention
from imagequant.params import load_params, parse_params
from imagequant.quantity.cues import find_cues
from imagequant.quantity.dual_units import dual_unit_corrections
from imagequant.quantity.grammar import bare_numbers, parse_quantities
from imagequant.quantity.labels import parse_label
from imagequant.quantity.scoring import parse_prediction
from imagequant.quantity.units import SIGNED_KINDS, UNITS
from imagequant.storage.raw import iterate_raw_file, row_problem

DOMAIN = load_params(ROOT / "params.yaml").domain
TEXTS = 1_000_000
FILES = 20_000
# Longer than any line of print; time must not grow with its square.
_LONG = 20_000
_SECONDS = 5
_BLOCKS = 200
_PIECES = (
    *("1", "12", "0", "00", "007", "1/2", "½", "1,000", "1.000,5", ".5", "5OO", "l0", "I2", "1e9", "٣", "²", "１２"),
    *(".", ",", ":", ";", "/", "-", "–", "—", "x", "X", "×", "*", "~", "…", "(", ")", "[", "=", "|", "\\"),
    *("to", "by", "or", "and", "up to", "Height", "H", "W:", "Net Wt", "Power (W)"),
    *("kg", "g", "lb", "lbs", "oz", "fl oz", "ml", "l", "V", "kV", "W", "kW", "mm", "cm", "m", "ft", "in", "inch"),
    *('"', "'", "″", "′", "°", " ", "  ", "\t", "\n", "\x00", "\u200b", "\ufeff", "é", "ß", "漢", "😀", "\ud800"),
)


class _TooSlowError(Exception):
    pass


def measure(scratch: Path) -> dict[str, int]:
    """How many inputs were tried, and what went wrong with how many of them."""
    del scratch
    counts: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in (*pool.map(_texts, range(_BLOCKS)), *pool.map(_files, range(_BLOCKS))):
            counts += found
    names = ("texts", "texts_with_a_quantity", "csv_files", "csv_files_refused", "params_files", "params_files_refused")
    return {name: counts[name] for name in (*names, "crashes", "too_slow")}


def _texts(block: int) -> Counter[str]:
    chance = random.Random(f"texts {block}")
    counts: Counter[str] = Counter()
    for number in range(TEXTS // _BLOCKS):
        text = long_text(chance) if number % 5000 == 0 else random_text(chance)
        with _counted(counts, repr(text[:200])):
            mentions = parse_quantities(text)
            dual_unit_corrections(mentions, text)
            bare_numbers(text)
            find_cues(text)
            entity = DOMAIN.entities[chance.choice(DOMAIN.names)]
            parse_label(text, entity)
            try:
                parse_prediction(text, entity)
            except ValueError:
                counts["predictions_refused"] += 1
            if any(_is_nothing(mention, text) for mention in mentions):
                raise AssertionError("a mention of nothing")
            counts["texts_with_a_quantity"] += bool(mentions)
        counts["texts"] += 1
    return counts


def _is_nothing(mention: Mention, text: str) -> bool:
    may_be_negative = UNITS[mention.unit].kind in SIGNED_KINDS
    return not text[mention.start : mention.end].strip() or (mention.value <= 0 and not may_be_negative)


def random_text(chance: random.Random) -> str:
    """Pieces of prices, sizes and nonsense, or any characters at all."""
    if chance.random() < 0.1:
        return "".join(chr(chance.choice((chance.randrange(1, 128), chance.randrange(0x110000)))) for _ in range(12))
    return "".join(chance.choice(_PIECES) for _ in range(chance.randint(1, 16)))


def long_text(chance: random.Random) -> str:
    """The same few pieces again and again: what makes careless expressions take forever."""
    pieces = "".join(chance.choice(_PIECES) for _ in range(chance.randint(1, 3)))
    return (pieces * _LONG)[:_LONG]


def _files(block: int) -> Counter[str]:
    chance = random.Random(f"files {block}")
    counts: Counter[str] = Counter()
    params = (ROOT / "params.yaml").read_text()
    with tempfile.TemporaryDirectory(prefix="imagequant-faults-") as folder:
        path = Path(folder) / "rows.csv"
        for _ in range(FILES // _BLOCKS):
            path.write_bytes(broken(chance, _csv(chance)))
            with _counted(counts, repr(path.read_bytes()[:300])):
                try:
                    for row in iterate_raw_file(path, "rows.csv", "train"):
                        row_problem(row, DOMAIN.names)
                except InputError:
                    counts["csv_files_refused"] += 1
            counts["csv_files"] += 1
            text = broken(chance, params.encode()).decode("utf-8", "replace")
            with _counted(counts, "parameters"):
                try:
                    parse_params(yaml.safe_load(text))
                except (InputError, yaml.YAMLError):
                    counts["params_files_refused"] += 1
            counts["params_files"] += 1
    return counts


def _csv(chance: random.Random) -> bytes:
    rows = ["image_link,group_id,entity_name,entity_value"]
    rows += [f"{number}.jpg,{number},{chance.choice(DOMAIN.names)},{number}.5 gram" for number in range(5)]
    return "\n".join(rows).encode()


def broken(chance: random.Random, payload: bytes) -> bytes:
    """A file with some bytes changed, taken away, put in twice, or cut off."""
    changed = bytearray(payload)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) or 1)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + chance.randint(1, 20)]
            case 2:
                changed[at:at] = changed[at : at + chance.randint(1, 40)]
            case 3:
                changed[at:at] = chance.choice(
                    (b'"', b",", b"\n", b"\r", b"\x00", b"\xff\xfe", b": ", b"- ", b"[", b"!!python/x ")
                )
            case _:
                del changed[max(at, 8) :]
    return bytes(changed)


@contextmanager
def _counted(counts: Counter[str], what: str) -> Iterator[None]:
    """Counts and shows what raises anything, or takes too long."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise _TooSlowError

    # Of the processor's time: a busy machine makes nothing catastrophic.
    signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, _SECONDS)
    try:
        yield
    except _TooSlowError:
        counts["too_slow"] += 1
        print(f"too slow: {what}", flush=True)
    except Exception as error:
        counts["crashes"] += 1
        print(f"{error!r}: {what}", flush=True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
