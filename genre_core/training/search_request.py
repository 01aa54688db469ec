"""What a search of settings is asked to do, and by what it ranks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from genre_core.errors import ParameterError, TrainingError, unknown_name
from genre_core.params import fingerprint
from genre_core.training.recipe import TrainRequest
from genre_core.training.search_space import Space, ranges_of, search_space

MOST_TRIALS = 100_000


@dataclass(frozen=True)
class Metric:
    """What trials are ranked by, on the valid split.

    Attributes
    ----------
    title : str
        With its unit.
    lower_is_better : bool
    epoch_key : str
        What the history of a net calls it; by this a trial is given up early.
    """

    title: str
    lower_is_better: bool
    epoch_key: str
    form: str

    def words(self, score: float) -> str:
        """`0.512 nats`, `81.0 %`."""
        return self.form.format(score)

    def best(self, scores: Sequence[float]) -> float:
        return min(scores) if self.lower_is_better else max(scores)


METRICS: dict[str, Metric] = {
    "log_loss": Metric("Valid log loss [nats]", True, "valid_loss", "{:.3f} nats"),
    "accuracy": Metric("Valid accuracy", False, "valid_accuracy", "{:.1%}"),
}


@dataclass(frozen=True)
class SearchRequest:
    """What a search is asked to do; plain JSON values, so that another process can read it.

    Attributes
    ----------
    train : TrainRequest
        What each trial trains: model, data set, split, genres, preset, and the settings as they are, which the first trial has.
    ranges : dict
        As `search_space` takes them: parameter name -> `[low, high]`, a list of values, or None to leave it as it is.
    n_trials : int
        How many settings are tried in all, by all machines and continuations together.
    metric : str
        A name in METRICS.
    seed : int
        Of what is tried; each trial trains with the seed of its training.
    storage : str
        URL of a database, for a search that several machines work on; empty for a file beside the search.
    minutes : float
        No new trial begins after so long, counted from each start; 0 for no limit.
    prune : bool
        Give up a net's trial at an epoch by which most others were better.
    """

    train: TrainRequest
    ranges: dict[str, Any] = field(default_factory=dict)
    n_trials: int = 20
    metric: str = "log_loss"
    seed: int = 0
    storage: str = ""
    minutes: float = 0.0
    prune: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "train": self.train.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Inverse of `to_dict`; raises `TrainingError` if the values are no request."""
        try:
            return cls(**{**values, "train": TrainRequest.from_dict(values["train"])})
        except (KeyError, TypeError) as error:
            raise TrainingError(f"Expected the request of a search. Received: {sorted(values)} ({error}).") from error

    def space(self) -> Space:
        """What is searched.

        Raises
        ------
        ParameterError
            If a value or a range does not fit.
        """
        asked = self.train
        if asked.has_folds:
            raise ParameterError(
                "A search judges its trials on the valid split. Received: folds. Search without, then train with."
            )
        if self.metric not in METRICS:
            raise unknown_name("score to search by", self.metric, METRICS)
        if not 2 <= self.n_trials <= MOST_TRIALS:
            raise ParameterError(f"n_trials must lie in [2, {MOST_TRIALS}]. Received: n_trials={self.n_trials}.")
        if not 0 <= self.minutes < float("inf"):
            raise ParameterError(f"minutes must be 0 (no limit) or more. Received: minutes={self.minutes}.")
        recipe = asked.resolve()
        return search_space(recipe.config, recipe.training, self.ranges)

    def study_name(self, of: str) -> str:
        """Name of its study; `of` is the fingerprint of the data set. The same search on another machine has the same name."""
        train = {name: value for name, value in self.train.to_dict().items() if name not in ("title", "search")}
        mark = fingerprint([train, ranges_of(self.space()), self.metric, self.seed, of])
        return f"{self.train.model}-{self.train.dataset}-{mark}"
