"""Simpler methods to compare the hybrid model with."""
