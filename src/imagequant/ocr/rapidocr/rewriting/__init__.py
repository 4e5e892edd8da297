"""Cheaper forms of the known PP-OCR networks; ``optimise`` decides whether a network is one of them."""
