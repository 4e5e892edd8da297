"""The domain: units, the grammar from text to quantities, the contest's scoring. Imports nothing of the project."""
