"""The ``versions`` stage: records installed versions, so that DVC notices changes."""
