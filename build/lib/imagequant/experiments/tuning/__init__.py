"""Search for better values of section ``train``, using cached features and training rows only."""
