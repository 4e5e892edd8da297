"""Answers for people: the predictor and the drawing of evidence."""
