"""What lies on disk: shards (image tars, tables, tensors) with deterministic bytes, and the work cache."""
