"""Photos as arrays: decoding, letterboxing, drawing."""
