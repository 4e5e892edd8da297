"""Generated product photos with labels known by construction."""
