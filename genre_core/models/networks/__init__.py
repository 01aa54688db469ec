"""Networks as tables of layers that a reader can hold against their source; Keras is imported inside functions only."""

from genre_core.models.networks.export import EXPORT_TOLERANCE, export_onnx
from genre_core.models.networks.nets import ERROR, LayerFacts, Stage
from genre_core.models.networks.scaling import FIXED, fit_scaler
from genre_core.models.serve import RECONSTRUCTION

__all__ = ["ERROR", "EXPORT_TOLERANCE", "FIXED", "RECONSTRUCTION", "LayerFacts", "Stage", "export_onnx", "fit_scaler"]
