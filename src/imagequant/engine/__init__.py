"""Running a function over shards: serially, over processes or over a Ray cluster, with progress shown."""

from imagequant.engine.progress import track
from imagequant.engine.run import iterate_shards, map_shards

__all__ = ["iterate_shards", "map_shards", "track"]
