"""Stage ``evaluate``: the model's answers to the validation rows, measured and looked at."""
