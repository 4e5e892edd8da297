"""A map from text keys to numbers that takes a few bytes per key; a dictionary takes hundreds."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# 128 bits: among a billion keys, the chance that any two collide is below 1e-20.
DIGEST_BYTES = 16
Digests = NDArray[np.bytes_]


def digest(*parts: str) -> bytes:
    """Returns a fixed-length hash of a key of one or more texts."""
    # The lengths distinguish ("ab", "c") from ("a", "bc").
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def as_digests(packed: bytes | bytearray) -> Digests:
    """Returns concatenated digests as an array."""
    return np.frombuffer(packed, dtype=f"S{DIGEST_BYTES}")


@dataclass(frozen=True)
class Lookup:
    """Numbers by digest of their key, sorted by digest; of equal keys the last one counts, as in a dictionary."""

    digests: Digests
    numbers: NDArray[np.int64]

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[bytes, int]]) -> Lookup:
        """Builds it from pairs of digest and number."""
        packed, numbers = bytearray(), array("q")
        for key, number in pairs:
            packed += key
            numbers.append(number)
        return cls.from_arrays(as_digests(packed), np.array(numbers, dtype=np.int64))

    @classmethod
    def from_arrays(cls, digests: Digests, numbers: NDArray[np.int64]) -> Lookup:
        """Builds it from digests and their numbers."""
        order = np.argsort(digests, kind="stable")
        return cls(digests[order], numbers[order])

    def get(self, key: bytes) -> int | None:
        """Returns the number of the key with this digest."""
        place = int(np.searchsorted(self.digests, np.bytes_(key), side="right")) - 1
        # Items of byte arrays come without trailing zeros.
        found = place >= 0 and self.digests[place] == key.rstrip(b"\0")
        return int(self.numbers[place]) if found else None

    def __len__(self) -> int:
        return len(self.digests)
