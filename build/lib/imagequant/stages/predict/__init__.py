"""Stage ``predict``: answers to the test rows in the contest's format."""
