"""Stage ``explore``: what the raw rows hold, and what is odd about them."""
