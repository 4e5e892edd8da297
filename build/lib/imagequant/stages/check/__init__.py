"""Stage ``check``: every table against its declared schema."""
