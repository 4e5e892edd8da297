"""Review: people's decisions on answers and labels."""
