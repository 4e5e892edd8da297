"""What the quality of answers depends on."""
