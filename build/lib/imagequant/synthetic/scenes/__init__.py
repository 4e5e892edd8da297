"""The kinds of photos, which questions are asked about."""
