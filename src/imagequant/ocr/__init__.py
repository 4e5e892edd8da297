"""Photo to words: OCR engines, merging of their readings."""
