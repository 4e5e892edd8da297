"""Cross-validation on labelled photos: what the model is worth on photos it was not trained on."""
