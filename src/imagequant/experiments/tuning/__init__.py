"""Search for better values of section ``train``: on cached features, on training rows alone."""
