"""Classic models on the summary columns: support vectors, neighbours, logistic regression, a tree and a forest.

scikit-learn fits them, one ONNX graph serves them; scikit-learn is imported while something is fitted, never before.
"""

from genre_core.models.tabular.rows import TABULAR

__all__ = ["TABULAR"]
