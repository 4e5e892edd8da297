"""The ``export`` stage: writes the model as TorchScript and ONNX, with everything a predictor needs."""
