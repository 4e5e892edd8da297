"""Decodes every image once and fits it into the square that the CNN takes."""
