"""Running a function over shards: serially, over threads, processes or over a Ray cluster, with progress shown."""

from imagequant.executor.progress import track
from imagequant.executor.run import Threads, cluster, iterate_shards, map_shards, require_ray

__all__ = ["Threads", "cluster", "iterate_shards", "map_shards", "require_ray", "track"]
