"""Drawing: canvas, fonts, geometry, textures, camera faults."""
