"""Nets that others trained on far more music than a user has: rebuilt from their published weights, written as ONNX."""
