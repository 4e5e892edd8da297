"""How networks are compiled: for the throughput of many processes, or for the first answer of one."""

from dataclasses import dataclass
from pathlib import Path

# More threads wait for each other longer than they compute.
_MOST_THREADS = 8


@dataclass(frozen=True)
class Compilation:
    """How to compile networks.

    Attributes:
        kept: Folder with compiled networks, by the hash of network, version and processor. Loading one takes a third of
            the time of compiling it.
        threads: Threads of each network; results do not depend on it. One process per core with one thread each reads
            most photos per second; more threads give the first answer sooner.
        is_early: Whether RapidOCR's networks are compiled when they are loaded, one for inputs of any shape. Otherwise
            they are compiled at the first input, and native arithmetic has another one for the usual shape, whose last
            digits may differ.
    """

    kept: Path | None = None
    threads: int = 1
    is_early: bool = False

    @classmethod
    def to_answer(cls, threads: int, kept: Path | None) -> "Compilation":
        """Return that of a process that answers photos with some threads."""
        return cls(kept, min(threads, _MOST_THREADS), is_early=True)


# What the pipeline's stages use.
THROUGHPUT = Compilation()
