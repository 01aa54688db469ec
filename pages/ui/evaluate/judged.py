"""What the page Evaluate shows: a run, judged on one part of its split, counted by tracks or by segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.evaluation.curves import PrCurve, RocCurve
from genre_core.evaluation.evaluate import Evaluation
from genre_core.evaluation.metrics import ScoreReport
from genre_core.runs import Run

PAGE = "evaluate"
LEVELS = {"tracks": "whole tracks", "segments": "segments"}
"""What is counted, in the URL and in words."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A run with its scores.

    Attributes
    ----------
    run : Run
    role, level : str
        Which tracks (folds, valid, test), and what is counted (tracks or segments).
    artists : tuple of str or None, or None
        Artist of each track; None where the data set is not here.
    evaluation : Evaluation
    other : Run or None
        The run it is held against.
    """

    run: Run
    role: str
    level: str
    artists: tuple[str | None, ...] | None
    evaluation: Evaluation
    other: Run | None = None

    @property
    def by_track(self) -> bool:
        return self.level == "tracks"

    @property
    def report(self) -> ScoreReport:
        return self.evaluation.tracks if self.by_track else self.evaluation.segments

    @property
    def matrix(self) -> np.ndarray:
        """Counts, rows are the truth."""
        return self.evaluation.confusion_tracks if self.by_track else self.evaluation.confusion_segments

    @property
    def pr(self) -> tuple[PrCurve, ...]:
        return self.evaluation.pr_tracks if self.by_track else self.evaluation.pr_segments

    @property
    def roc(self) -> tuple[RocCurve, ...]:
        return self.evaluation.roc_tracks if self.by_track else self.evaluation.roc_segments
