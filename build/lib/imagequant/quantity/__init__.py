"""The domain: units, parsing of quantities, and the contest's scoring. Only imports from ``core``."""
