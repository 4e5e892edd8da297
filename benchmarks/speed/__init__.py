"""Speed: every figure of ``metrics/bench/speed.json``, each measured against another way of doing the same."""
