"""What is printed on the photos: amounts, lengths, words, dimension lines."""
