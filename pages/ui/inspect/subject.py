"""What Inspect looks into: a run, the tracks that it was judged on, and the one that is chosen among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from genre_core.evaluation.predictions import Predictions
from genre_core.runs import Run
from pages.ui import cached, state

PAGE = "inspect"


@dataclass(frozen=True, eq=False)
class Subject:
    """A run with what it said of one part of its split.

    Attributes
    ----------
    run : Run
    role : str
        Which tracks: folds, valid or test.
    predictions : Predictions
        What it said of them.
    dataset : Dataset or None
        What it was trained on, in the version that it learned from; None where that is not here, so that nothing can be heard.
    """

    run: Run
    role: str
    predictions: Predictions
    dataset: Dataset | None

    @classmethod
    def of(cls, run: Run, role: str) -> Subject:
        """Read what is needed; raises `RunError` where the run has no predictions of that part."""
        try:
            dataset: Dataset | None = cached.learned_dataset(run)
        except DatasetError:
            dataset = None
        return cls(run, role, cached.predictions(run, role), dataset)

    @cached_property
    def ids(self) -> list[str]:
        """Ids of the judged tracks, in the order of the predictions."""
        return [str(track_id) for track_id in self.predictions.track_ids]

    def track(self, track_id: str) -> Track | None:
        """The track of an id; None where the data set is not here or has no such track."""
        return None if self.dataset is None else self.dataset.by_id.get(track_id)


def chosen(subject: Subject) -> str | None:
    """Id of the track that a link or another look has chosen, where this run judged it."""
    asked = st.query_params.get("track")
    return asked if asked in subject.ids else None


def choose(track_id: str | None) -> None:
    """Choose a track for every look of the page; None lets go of it."""
    state.publish(PAGE, "track", track_id)
