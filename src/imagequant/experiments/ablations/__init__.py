"""Ablations: named DVC experiments that measure the model without each of its parts."""
