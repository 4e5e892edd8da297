"""Maps with text keys that take a few bytes per key; dictionaries take hundreds."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

# 128 bits: among a billion keys, the chance that any two collide is below 1e-20.
_DIGEST_BYTES = 16
V = TypeVar("V")
# Above the number of photos in a file.
_ROWS = 2**32


def digest(*parts: str) -> bytes:
    """Returns a fixed-length hash of a key of one or more texts."""
    # The lengths distinguish ("ab", "c") from ("a", "bc").
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True)
class Lookup:
    """Numbers by digest of their key, sorted by digest; of equal keys the last one counts, as in a dictionary."""

    digests: NDArray[np.bytes_]
    numbers: NDArray[np.int64]

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[bytes, int]]) -> Lookup:
        """Builds it from pairs of digest and number."""
        packed, numbers = bytearray(), array("q")
        for key, number in pairs:
            packed += key
            numbers.append(number)
        digests = np.frombuffer(packed, dtype=f"S{_DIGEST_BYTES}")
        order = np.argsort(digests, kind="stable")
        return cls(digests[order], np.array(numbers, dtype=np.int64)[order])

    def get(self, key: bytes) -> int | None:
        """Returns the number of the key with this digest."""
        place = int(np.searchsorted(self.digests, np.bytes_(key), side="right")) - 1
        # Items of byte arrays come without trailing zeros.
        found = place >= 0 and self.digests[place] == key.rstrip(b"\0")
        return int(self.numbers[place]) if found else None

    def __len__(self) -> int:
        return len(self.digests)


class ByPhoto(Mapping[str, V]):
    """What the shards of a split hold of each photo, by content hash, in shard order; read on access."""

    def __init__(self, paths: Sequence[Path], names: Callable[[Path], Iterable[str]]) -> None:
        """Indexes the photos; ``names`` reads the content hashes of the photos in a shard."""
        self._paths, self._names = paths, names
        self._places = Lookup.from_pairs(
            (digest(name), number * _ROWS + row)
            for number, path in enumerate(paths)
            for row, name in enumerate(dict.fromkeys(names(path)))
        )

    @abstractmethod
    def _read(self, path: Path, row: int, name: str) -> V:
        """Reads what a shard holds of the photo ``name``, its photo number ``row``."""

    def __getitem__(self, name: str) -> V:
        place = self._places.get(digest(name))
        if place is None:
            raise KeyError(name)
        number, row = divmod(place, _ROWS)
        return self._read(self._paths[number], row, name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._places.get(digest(name)) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for path in self._paths for name in dict.fromkeys(self._names(path)))

    def __len__(self) -> int:
        return len(self._places)
