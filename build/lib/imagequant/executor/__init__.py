"""Maps a function over shards, serially, in threads, in processes or on a Ray cluster, and shows progress."""

from imagequant.executor.progress import track
from imagequant.executor.run import Threads, cluster, iterate_shards, map_shards, require_ray

__all__ = ["Threads", "cluster", "iterate_shards", "map_shards", "require_ray", "track"]
