"""Fitting the model: examples, augmentation, loss, calibration."""
