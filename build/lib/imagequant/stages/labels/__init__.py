"""Stage ``labels``: normalised labels and the split into train, development and validation."""
