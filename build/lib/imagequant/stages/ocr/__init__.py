"""Stage ``ocr``: words with box, confidence and angle, by one or several engines."""
