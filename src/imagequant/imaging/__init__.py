"""Photos as arrays: decoding what the web calls an image, and fitting it into the network's square."""
