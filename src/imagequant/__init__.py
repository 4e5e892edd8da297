"""ImageQuant reads quantities (weight, volume, voltage, dimensions) off product photos."""
