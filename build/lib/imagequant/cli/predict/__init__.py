"""The command ``imagequant predict PHOTOS``."""
