"""Cheaper forms of the known PP-OCR networks; used by ``optimise``."""
