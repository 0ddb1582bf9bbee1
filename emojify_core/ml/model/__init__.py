"""The Bi-LSTM and its artifact: config, network, weights, ONNX graph, calibration."""
