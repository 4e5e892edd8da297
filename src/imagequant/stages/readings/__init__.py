"""Measures what the exported model says about ranges, multipacks and several products on one photo."""
