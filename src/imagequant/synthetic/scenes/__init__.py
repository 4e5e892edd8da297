"""What a photo shows: one module per kind of photo."""
