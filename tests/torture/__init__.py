"""What could go wrong, all of it: ``python -m tests.torture`` runs it and writes ``metrics/torture.json``."""
