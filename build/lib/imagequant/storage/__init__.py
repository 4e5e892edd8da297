"""Files with deterministic bytes (image tars, tables, tensors), declarations of tables, and the work cache."""
