"""Stage ``cnn``: CNN features, a global vector and a small grid."""
