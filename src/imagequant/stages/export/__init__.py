"""Stage ``export``: the trained network as TorchScript and ONNX, equal to eager, with everything a predictor needs."""
