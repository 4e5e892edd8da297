"""Scored rows, metrics, bootstrap, folds."""
