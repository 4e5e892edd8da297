"""The products on the photos."""
