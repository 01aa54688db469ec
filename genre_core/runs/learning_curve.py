"""Would more songs help? Runs that are alike but for the share of the training tracks that they learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from genre_core.errors import RunError
from genre_core.evaluation.intervals import Interval
from genre_core.evaluation.report import score_of
from genre_core.paths import Root
from genre_core.runs.corrected import asked_of
from genre_core.runs.run import Run

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of the training tracks that make a curve."""

_ALIKE = ("model", "preset", "features", "segments", "config", "training", "genres", "seed")
_SPLIT_ALIKE = ("name", "seed", "genres", "unit")


@dataclass(frozen=True)
class LearningPoint:
    """One run of a learning curve.

    Attributes
    ----------
    run : str
        Its id.
    train_share : float
        Share of the split's training tracks that was asked for.
    n_tracks : int
        Tracks that it learned from.
    scores : dict of str to Interval
        accuracy and macro_f1 on the valid tracks.
    train_accuracy : float or None
        Of the training's own segments, in the epoch that was kept, while it still learned; None of a model without epochs.
    seconds : float or None
        What its epochs took; None of a model without epochs.
    """

    run: str
    train_share: float
    n_tracks: int
    scores: dict[str, Interval]
    train_accuracy: float | None
    seconds: float | None


@dataclass(frozen=True)
class LearningCurve:
    """Scores against the number of training tracks.

    Attributes
    ----------
    points : tuple of LearningPoint
        From the fewest tracks to the most, one a share: of several runs the latest.
    missing : tuple of float
        Shares of `SHARES` that no run has.
    n_valid : int
        Valid tracks, the same for all.
    """

    points: tuple[LearningPoint, ...]
    missing: tuple[float, ...]
    n_valid: int

    @property
    def missing_seconds(self) -> float | None:
        """About how long the missing trainings take, by the epochs of those that are there; None where nobody knows."""
        known = [(point.seconds, point.train_share) for point in self.points if point.seconds]
        if not known:
            return None
        seconds, share = max(known)
        return seconds / share * sum(self.missing)

    def to_dict(self) -> dict[str, Any]:
        """The curve as plain JSON values."""
        return asdict(self)


def learning_curve(run: Run, runs: Iterable[Run]) -> LearningCurve:
    """The curve that a run is a point of.

    Two runs are points of one curve where model, preset, features, segments, settings, training, seeds, data set, genres and
    split are the same, and so are the valid tracks that judge them.

    Parameters
    ----------
    run : Run
        Trained once on a split of tracks.
    runs : iterable of Run
        Those there are; those that are not alike are passed over.

    Raises
    ------
    RunError
        If it was trained with folds, or on random segments, or came as predictions alone: there is no share to change.
    """
    if run.folds is not None or run.is_leaky or not run.has_model or "valid" not in run.scores:
        what = (
            f"{run.folds['count']} folds"
            if run.folds is not None
            else "random segments of all tracks"
            if run.is_leaky
            else "predictions without a model"
            if not run.has_model
            else "no score on valid tracks"
        )
        raise RunError(
            f"A learning curve needs a run that was trained once and judged on valid tracks, so that the training tracks alone "
            f"change. Received: {run.title!r}, {what}. Train its model once, with a split by artist or by track."
        )
    latest: dict[float, Run] = {}
    for other in sorted((other for other in (*runs, run) if _alike(run, other)), key=lambda other: other.created):
        latest[other.train_share] = other
    latest[run.train_share] = run  # the one that is looked at
    points = sorted((_point(its) for its in latest.values()), key=lambda point: (point.n_tracks, point.train_share))
    missing = tuple(share for share in SHARES if share not in latest)
    return LearningCurve(tuple(points), missing, len(_valid(run)))


def request_share(run: Run, share: float, root: Root) -> dict[str, Any]:
    """The values of a `train` job that asks for what a run was asked for, of another share of the training tracks.

    Raises
    ------
    RunError
        If nobody knows what was asked for, or the run's data set is not here as it was: the points would not compare.
    DatasetError
        If the data set cannot be read.
    """
    from genre_core.datasets.library import load_dataset

    values = asked_of(run, title=share_title(run, share))
    present = load_dataset(run.dataset_name, root.datasets)
    if present.fingerprint != run.dataset_fingerprint:
        raise RunError(
            f"The data set {present.name!r} has changed since {run.title!r} was trained, so its valid tracks may be others. "
            "Train it again on all training tracks first."
        )
    return {**values, "train_share": share}


def share_title(run: Run, share: float) -> str:
    """What a run is called that is like another but for the share of the training tracks."""
    return f"{run.title}, {100 * share:.0f} % of the training tracks"


def _alike(run: Run, other: Run) -> bool:
    return (
        other.folds is None
        and run.dataset_fingerprint == other.dataset_fingerprint
        and all(run.manifest[name] == other.manifest[name] for name in _ALIKE)
        and all(run.manifest["split"].get(name) == other.manifest["split"].get(name) for name in _SPLIT_ALIKE)
        and "valid" in other.scores
        and _valid(run) == _valid(other)
    )


def _valid(run: Run) -> frozenset[str]:
    return frozenset(run.track_ids("valid"))


def _point(run: Run) -> LearningPoint:
    kept = next((entry for entry in run.history if entry["epoch"] == run.best_epoch), {})
    seconds = sum(float(entry.get("seconds", 0.0)) for entry in run.history)
    return LearningPoint(
        run.id,
        run.train_share,
        n_tracks=len(run.track_ids("train")),
        scores={name: score_of(run.scores["valid"], name) for name in ("accuracy", "macro_f1")},
        train_accuracy=float(kept["accuracy"]) if "accuracy" in kept else None,
        seconds=seconds or None,
    )
