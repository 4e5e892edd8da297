"""Text on the photos: amounts, lengths, words, dimension lines."""
