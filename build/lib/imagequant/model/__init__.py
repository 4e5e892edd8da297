"""The ranker: networks, trees, and their inputs."""
