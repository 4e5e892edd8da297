"""Ablations, tuning, cross-validation and the pull-request report."""
