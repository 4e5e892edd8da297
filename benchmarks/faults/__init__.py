"""What could go wrong, all of it: ``python -m benchmarks.faults`` runs it and writes ``metrics/torture.json``."""
