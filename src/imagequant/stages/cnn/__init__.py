"""Stage ``cnn``: ResNet-50 features, a global vector and a small grid."""
