"""Folders relative to the project's root: the one place that knows their names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from imagequant.core.locations import location
from imagequant.storage.checkouts import checkout_of, own_cache

Split = Literal["train", "test"]
SPLITS: tuple[Split, ...] = ("train", "test")
CACHE_VARIABLE = "IMAGEQUANT_CACHE"


@dataclass(frozen=True)
class Layout:
    """Folders of one checkout. A stage writes to the folder named after it and reads from others'."""

    root: Path

    def data(self, stage: str) -> Path:
        """``data/<stage>``."""
        return self.root / "data" / stage

    def metrics(self, stage: str) -> Path:
        """``metrics/<stage>``."""
        return self.root / "metrics" / stage

    def models(self, stage: str) -> Path:
        """``models/<stage>``."""
        return self.root / "models" / stage

    @property
    def work_cache(self) -> Path:
        """The work cache; ``IMAGEQUANT_CACHE`` moves it (to share it between checkouts).

        Experiments that DVC runs in a copy of the checkout use the cache of the checkout.
        """
        named = os.environ.get(CACHE_VARIABLE)
        return location(named) if named else own_cache(checkout_of(self.root))
