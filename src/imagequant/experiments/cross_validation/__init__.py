"""``imagequant bench-real``: cross-validation on one's own labelled photos, with baselines and ablations."""
