"""One module per kind of photo."""
