"""Stage ``preprocess``: photos decoded once and letterboxed to the square that the CNN takes."""
