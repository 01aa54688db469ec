"""What a report is made of, read once: a run, what it said of some tracks, and how that was judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.errors import DatasetError
from genre_core.evaluation.evaluate import Evaluation, evaluate
from genre_core.evaluation.intervals import Groups, groups_of
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import leaks_kept, split_verdict
from genre_core.evaluation.scored import ScoreReport
from genre_core.paths import Root
from genre_core.runs import Run

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport

ROLES = {"folds": "out of fold", "valid": "valid", "test": "test"}


@dataclass(frozen=True, eq=False)
class Material:
    """Everything that the parts of a report read.

    Attributes
    ----------
    run : Run
    root : Root
        Where data sets lie, and what was found out by inspecting.
    role : str
        Which tracks: folds, valid or test.
    predictions : Predictions
        What the run said of them.
    artists : list of str or None, or None
        Of each track; None for all where the data set is not here.
    evaluation : Evaluation
        Scores, curves, confusion.
    split : dict
        Name, title, seed, badge and verdict of what crosses, whether it is leaky.
    written : datetime
        When the report is made.
    """

    run: Run
    root: Root
    role: str
    predictions: Predictions
    artists: list[str | None] | None
    evaluation: Evaluation
    split: dict[str, Any]
    written: datetime

    @property
    def level(self) -> str:
        """What is counted: tracks; segments of a leaky run."""
        return self.run.judged_level

    @property
    def report(self) -> ScoreReport:
        return self.evaluation.tracks if self.level == "tracks" else self.evaluation.segments

    @property
    def y_true(self) -> np.ndarray:
        """Genre index of what is counted, shape (n,)."""
        return self.predictions.y_true if self.level == "tracks" else self.predictions.segment_y_true

    @property
    def posteriors(self) -> np.ndarray:
        """Of what is counted, shape (n, n_genres)."""
        return self.predictions.posteriors if self.level == "tracks" else self.predictions.segment_posteriors

    @cached_property
    def groups(self) -> Groups:
        """What intervals are drawn over, for each of what is counted."""
        tracks = groups_of(len(self.predictions.track_ids), self.artists)
        return tracks if self.level == "tracks" else tracks._replace(of_track=tracks.of_track[self.predictions.segment_track])

    @property
    def judged_on(self) -> str:
        """`84 valid tracks`, `279 tracks, each judged out of fold`."""
        if self.role == "folds":
            return f"{self.report.n} {self.level}, each judged out of fold"
        return f"{self.report.n} {self.role} {self.level}"


def gather(run: Run, root: Root, *, role: str | None = None, now: datetime | None = None) -> Material:
    """Read what a report on one part of a run's split needs; nothing is written, and no test split opened.

    Parameters
    ----------
    run : Run
    root : Root
    role : str or None
        valid, folds or test; the part that the run is judged on by default. Test only where it has been opened.
    now : datetime or None
        Written as the report's date.

    Raises
    ------
    RunError
        If the run has no predictions of that part, test was not opened, or a file is damaged.
    """
    role = role or run.judged_role
    predictions = run.predictions(role)
    artists = run.artists(predictions, root)
    return Material(
        run,
        root,
        role,
        predictions,
        artists,
        evaluate(predictions, artists=artists, kept=run.scores.get(role)),
        split_verdict(run.manifest, _leaks(run, role, root), role=role),
        now or datetime.now(UTC),
    )


def _leaks(run: Run, role: str, root: Root) -> LeakReport | None:
    """What crosses to the tracks, where the manifest doesn't say and the data set is here as it was."""
    from genre_core.datasets.splits import known_pairs, leaks_between
    from genre_core.datasets.versions import load_learned

    if leaks_kept(run.manifest, role) is not None:
        return None
    try:
        dataset = load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    except DatasetError:
        return None
    if dataset.fingerprint != run.dataset_fingerprint:
        return None
    return leaks_between(run.roles, dataset, known_pairs(dataset, root.datasets))
