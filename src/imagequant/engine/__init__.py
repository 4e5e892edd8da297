"""Running a function over shards: serially or over processes, with progress shown."""

from imagequant.engine.progress import track
from imagequant.engine.run import map_shards

__all__ = ["map_shards", "track"]
