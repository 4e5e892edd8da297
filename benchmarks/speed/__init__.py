"""Speed: every figure of ``metrics/benchmarks/speed.json``, each measured against another way of doing the same."""
