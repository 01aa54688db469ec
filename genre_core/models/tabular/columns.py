"""Columns brought to one scale: the same numbers in training and in the graph, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.models.tabular.graph import Graph

LIMIT = 1e6
"""Standardised values are kept within ± this many deviations, so that no sound, however odd, becomes infinite further on."""


@dataclass(frozen=True, eq=False)
class Standardiser:
    """Mean and standard deviation of the training columns.

    Attributes
    ----------
    mean, std : np.ndarray
        float64, shape (n_columns,); `std` is one where a column never changes.
    """

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, x: np.ndarray) -> Standardiser:
        """Measure columns, shape (n_segments, n_columns); NaN is what a segment lacks."""
        here = ~np.isnan(x)
        mean = x.mean(axis=0, dtype=np.float64, where=here)  # (n_columns,)
        std = np.sqrt(np.square(x - mean).mean(axis=0, where=here))  # (n_columns,)
        # A column that never changes in training says nothing; divided by its tiny spread it would shout at the first song.
        std[std <= 1e-6 * np.maximum(abs(mean), 1e-6)] = 1.0
        return cls(mean, std)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Columns minus mean over deviation, float32, shape (n_segments, n_columns)."""
        z = (x.astype(np.float64) - self.mean) / self.std  # (n_segments, n_columns)
        return z.clip(-LIMIT, LIMIT).astype(np.float32)

    def write(self, graph: Graph, x: str) -> str:
        """The same steps as nodes; the name of their float32 result."""
        centred = graph.node("Sub", graph.double(x), graph.constant(self.mean))
        scaled = graph.node("Div", centred, graph.constant(self.std))
        return graph.single(graph.node("Clip", scaled, graph.constant(np.float64(-LIMIT)), graph.constant(np.float64(LIMIT))))
