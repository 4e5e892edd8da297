"""OCR: engines and merging of their readings."""
