"""The ``versions`` stage: what is installed, for DVC to notice that it changed."""
