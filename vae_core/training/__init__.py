"""Keras: architectures, the VAE, its loss, the training loop, and the export to ONNX."""
