"""The ``synthetic`` stage: generates product photos with known labels."""
