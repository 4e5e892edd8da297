"""Photo to answers for people: the predictor, its results, and how they are shown."""
