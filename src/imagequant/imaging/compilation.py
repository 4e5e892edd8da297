"""How networks are compiled: for the throughput of many processes, or for the delay of one."""

from dataclasses import dataclass
from pathlib import Path

# More threads wait for each other longer than they compute.
_MOST_THREADS = 8


@dataclass(frozen=True)
class Compilation:
    """How to compile networks; results do not depend on it.

    Attributes:
        kept: Folder with compiled networks, by the hash of network, version and processor. Loading one takes a third of
            the time of compiling it.
        threads: Threads of each network. One process per core with one thread each reads most photos per second; more
            threads give the first answers sooner, and networks are then compiled while they are loaded, for all shapes.
    """

    kept: Path | None = None
    threads: int = 1

    @classmethod
    def on(cls, cores: int, kept: Path | None) -> "Compilation":
        """Return that of a process that has some cores to itself."""
        return cls(kept, min(cores, _MOST_THREADS))


# Of the pipeline's stages.
THROUGHPUT = Compilation()
