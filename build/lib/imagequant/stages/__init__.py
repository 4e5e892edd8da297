"""One package a pipeline stage; stages never import one another."""
