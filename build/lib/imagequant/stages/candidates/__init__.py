"""Stage ``candidates``: every quantity the words give, and how often the answer is among them."""
