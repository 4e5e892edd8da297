"""Which of the quantities on a photo belong to which product, if it shows several."""
