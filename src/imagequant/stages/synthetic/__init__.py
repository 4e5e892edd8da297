"""The ``synthetic`` stage: a generated set of product photos with labels known by construction."""
