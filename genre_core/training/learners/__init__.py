"""Who trains a model: one learner a family. The valid split chooses what is chosen; nothing here sees the test split."""

from __future__ import annotations

from genre_core.jobs.journal import Journal
from genre_core.training.learners.base import Learned, Learner, Task
from genre_core.training.learners.estimator import EstimatorLearner
from genre_core.training.learners.network import NetworkLearner
from genre_core.training.recipe import Recipe

LEARNERS: dict[str, type[Learner]] = {"network": NetworkLearner, "estimator": EstimatorLearner}
"""Family of a model -> its learner, made once a run with its recipe and journal."""


def learner_for(recipe: Recipe, n_genres: int, journal: Journal) -> Learner:
    """The learner of a recipe's model; libraries are loaded by its `start`."""
    return LEARNERS[recipe.spec.family](recipe, n_genres, journal)


__all__ = ["LEARNERS", "Learned", "Learner", "Task", "learner_for"]
