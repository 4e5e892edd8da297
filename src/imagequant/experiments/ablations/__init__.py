"""Named experiments: what the model is worth without each of its parts, through DVC."""
