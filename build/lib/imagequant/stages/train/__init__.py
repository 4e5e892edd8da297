"""The ``train`` stage: trains the ranker."""
