"""Fault injection: ``python -m benchmarks.faults`` runs everything and writes ``metrics/bench/faults.json``."""
