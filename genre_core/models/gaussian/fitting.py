"""What the estimators of this family share: checks before they learn, and a `model.npz` that says what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.errors import ParameterError, TrainingError
from genre_core.files import why_not_written, write_whole
from genre_core.models.base import Scores
from genre_core.models.gaussian.scorers import Scorer
from genre_core.models.npz import NpzClassifier, as_bytes, score
from genre_core.params import Config

MODEL = "model.npz"
TOLERANCE = 1e-5
"""Largest difference between the posteriors of what was learned and of what serves."""

Report = Callable[[str, float], None]


class StoredEstimator:
    """An `Estimator` whose result is a `Scorer`. A subclass defines `learn`.

    Parameters
    ----------
    config : Config
        Of its row.
    input_shapes : tuple
        Shape of one segment of the one feature that it reads.
    n_genres : int
        Columns of its posterior.
    """

    def __init__(self, config: Config, input_shapes: tuple[tuple[int, ...], ...], n_genres: int) -> None:
        if len(input_shapes) != 1:
            raise ParameterError(f"This model reads one feature. Received: {len(input_shapes)}.")
        self.config: Any = config
        self.input_shape = tuple(input_shapes[0])
        self.n_genres = n_genres
        self._scorer: Scorer | None = None

    def learn(
        self, x: np.ndarray, genres: np.ndarray, groups: np.ndarray, seed: int, report: Report
    ) -> tuple[Scorer, dict[str, Any]]:
        """The scorer of some segments, and what the manifest keeps."""
        raise TypeError(f"{type(self).__name__} does not say how it learns: define learn.")

    def fit(
        self,
        inputs: tuple[np.ndarray, ...],
        genres: np.ndarray,
        *,
        groups: np.ndarray,
        n_genres: int,
        seed: int,
        report: Report,
    ) -> dict[str, Any]:
        """Learn from segments, as `Estimator.fit`.

        Raises
        ------
        TrainingError
            If there are none, fewer than two genres, or a value is not finite.
        """
        x = np.asarray(inputs[0][:], dtype=np.float32)
        genres, groups = np.asarray(genres), np.asarray(groups)
        if x.shape[1:] != self.input_shape or not len(x) == len(genres) == len(groups) or n_genres != self.n_genres:
            raise TrainingError(
                f"Expected segments of shape {self.input_shape}, each with its genre of {self.n_genres} and its track. Received: "
                f"{x.shape}, {len(genres)} genres of {n_genres}, {len(groups)} tracks. Make the model for these features."
            )
        n_present = len(np.unique(genres))
        if n_present < 2:
            raise TrainingError(
                f"Expected tracks of at least two genres to tell apart. Received: {n_present}. Choose further genres."
            )
        if not np.isfinite(x).all():
            raise TrainingError("Expected finite features. Received: NaN or infinite values. Check the data set.")
        self._scorer, facts = self.learn(x, genres.astype(np.int64), groups, seed, report)
        return facts

    def __call__(self, *inputs: np.ndarray) -> Scores:
        return score(self._fitted, inputs)

    def save(self, folder: Path, sample: tuple[np.ndarray, ...]) -> float:
        """Write `model.npz` and prove on `sample` that it says the same, as `Estimator.save`.

        Raises
        ------
        TrainingError
            If it says something else, nothing was learned, or the disk is full; no model is left behind then.
        """
        content = as_bytes(self._fitted)
        path = Path(folder) / MODEL
        try:
            write_whole(path, content)
        except OSError as error:
            raise TrainingError(f"The model cannot be written to {path}: {why_not_written(error)}") from error
        here, served = self(*sample), NpzClassifier(path)(*sample)
        apart = float(np.abs(here.posterior - served.posterior).max())
        if not apart <= TOLERANCE:
            path.unlink()
            raise TrainingError(f"The stored model says something else than the trained one: posteriors differ by {apart:.2g}.")
        return apart

    @property
    def _fitted(self) -> Scorer:
        if self._scorer is None:
            raise TrainingError("This model has not learned anything yet: fit it first.")
        return self._scorer
