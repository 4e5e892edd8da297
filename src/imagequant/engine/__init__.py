"""Running a function over shards: serially, over processes or over a Ray cluster, with progress shown."""

from imagequant.engine.progress import track
from imagequant.engine.run import cluster, iterate_shards, map_shards, require_ray

__all__ = ["cluster", "iterate_shards", "map_shards", "require_ray", "track"]
