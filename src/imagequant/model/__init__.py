"""The hybrid network, its inputs and batching; training, evaluation, prediction and export share them."""
