"""Models without epochs: they see all segments of the train split at once, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.jobs.journal import Journal
from genre_core.models.base import Estimator
from genre_core.training.learners.base import Task
from genre_core.training.recipe import Recipe


@dataclass(frozen=True, eq=False)
class FittedEstimator:
    """A fitted model; nobody can stop it half-way and keep something."""

    classifier: Estimator
    facts: dict[str, Any]
    stopped: bool = False

    def save(self, folder: Path, sample: tuple[np.ndarray, ...]) -> None:
        self.classifier.save(folder, sample)


class EstimatorLearner:
    """Fits a model anew as often as a run asks. The valid split is not looked at: there is nothing that it would choose."""

    stages: tuple[str, ...] = ()

    def __init__(self, recipe: Recipe, n_genres: int, journal: Journal) -> None:
        self.recipe, self.n_genres, self.journal = recipe, n_genres, journal

    def check(self, n_segments: int) -> None:
        """Whatever there is can be tried; the model itself says where it is too little."""

    def start(self) -> None:
        self.journal.heed_stop()

    def learn(self, task: Task) -> FittedEstimator:
        inputs = tuple(np.asarray(values[task.train_rows], np.float32) for values in task.segments.features)
        shapes = tuple(values.shape[1:] for values in inputs)
        model: Estimator = self.recipe.spec.build(self.recipe.config, shapes, self.n_genres)
        low, high = task.part.share
        name = f"{task.part.name.capitalize()}: " if task.part.name else ""

        def report(words: str, share: float) -> None:
            self.journal.heed_stop()
            shown = words[:1].lower() + words[1:] if name else words
            self.journal.report("training", f"{name}{shown}", progress=low + (high - low) * share)

        report(f"Fitting on {len(task.train_rows):,} segments", 0.0)
        facts = model.fit(
            inputs,
            task.segments.genres[task.train_rows],
            groups=task.segments.tracks[task.train_rows],
            n_genres=self.n_genres,
            seed=self.recipe.training.seed,
            report=report,
        )
        self.journal.heed_stop()
        return FittedEstimator(model, {"scaler": [], **facts})
