"""Numbers under text keys, in a few bytes a key: Python's own mappings take hundreds, once for every photo."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# 128 bits: two of a billion keys agree with a chance below 1e-20.
DIGEST_BYTES = 16
Digests = NDArray[np.bytes_]


def digest(*parts: str) -> bytes:
    """The fixed-length stand-in of a key of one or more texts."""
    # Lengths tell ("ab", "c") from ("a", "bc").
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def as_digests(packed: bytes | bytearray) -> Digests:
    """Digests one after the other as an array of them."""
    return np.frombuffer(packed, dtype=f"S{DIGEST_BYTES}")


@dataclass(frozen=True)
class Lookup:
    """Numbers by the digests of their keys, sorted by digest, those of equal keys in the order given."""

    digests: Digests
    numbers: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: Iterable[tuple[bytes, int]]) -> Lookup:
        """The numbers by ``digest`` of their key; of equal keys the last one counts, as in a dictionary."""
        packed, numbers = bytearray(), array("q")
        for key, number in pairs:
            packed += key
            numbers.append(number)
        return cls.of_arrays(as_digests(packed), np.array(numbers, dtype=np.int64))

    @classmethod
    def of_arrays(cls, digests: Digests, numbers: NDArray[np.int64]) -> Lookup:
        """The same, of digests and their numbers in arrays."""
        order = np.argsort(digests, kind="stable")
        return cls(digests[order], numbers[order])

    def get(self, key: bytes) -> int | None:
        """The number under the ``digest`` of a key."""
        place = int(np.searchsorted(self.digests, np.bytes_(key), side="right")) - 1
        # Arrays of bytes show no zeros at an end.
        found = place >= 0 and self.digests[place] == key.rstrip(b"\0")
        return int(self.numbers[place]) if found else None

    def __len__(self) -> int:
        return len(self.digests)
