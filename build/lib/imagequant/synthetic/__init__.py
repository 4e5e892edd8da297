"""Generated product photos with known labels."""
