"""Rendering: canvas, fonts, geometry, textures, camera faults."""
