"""The suspected labels of a run's data set: what has to be at hand, and the list."""

from __future__ import annotations

from dataclasses import dataclass

from genre_core.datasets.checks import load_report
from genre_core.datasets.checks.report import Pair
from genre_core.datasets.splits import known_pairs
from genre_core.datasets.tracks import Dataset
from genre_core.datasets.versions import load_learned
from genre_core.errors import RunError
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.label_issues import Suspect, suspects
from genre_core.paths import Root
from genre_core.runs import Run


@dataclass(frozen=True)
class Doubted:
    """The suspected labels of a data set, and what was looked at.

    Attributes
    ----------
    suspects : tuple of Suspect
        The most doubtful first.
    n_tracks : int
        Tracks whose labels were looked at.
    n_left_out : int
        Tracks of the data set that no model judged out of fold.
    compared : bool
        Whether the data set was checked for repeats, so that two labels of one recording are found.
    placed : bool
        Whether the tracks' places were at hand, so that outliers are found.
    """

    suspects: tuple[Suspect, ...]
    n_tracks: int
    n_left_out: int
    compared: bool
    placed: bool


def doubted_labels(run: Run, root: Root, embeddings: TrackEmbeddings | None = None) -> Doubted:
    """Labels of a run's data set that may be wrong.

    Parameters
    ----------
    run : Run
        Trained with folds: each track was judged by a model that had not learned from it nor its label.
    root : Root
        Where the data set lies.
    embeddings : TrackEmbeddings or None
        Those of `track_embeddings(run, root)`; without them no outliers are looked for.

    Raises
    ------
    RunError
        If the run has no folds or is leaky.
    DatasetError
        If the data set is not here.
    ParameterError
        As `suspects`.
    """
    refuse_without_folds(run)
    predictions = run.predictions("folds")
    dataset = load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    pairs: list[Pair] = [*exact_pairs(dataset), *known_pairs(dataset, root.datasets)]  # type: ignore[list-item]
    report = load_report(dataset.name, root.datasets)
    labels = {track.id: track.genre for track in dataset.tracks}
    found = suspects(predictions, duplicates=pairs, labels=labels, embeddings=embeddings)
    n_tracks = len(predictions.track_ids)
    return Doubted(
        tuple(found),
        n_tracks,
        len(dataset.tracks) - n_tracks,
        report is not None and not report.is_stale(dataset),
        embeddings is not None,
    )


def refuse_without_folds(run: Run) -> None:
    """Raise `RunError` unless every track was judged by a model that had not learned from it."""
    if not run.has_model:
        raise RunError(
            f"{run.title!r} came as predictions of another tool: what that learned from is not known, and it may know these "
            "labels by heart. Take a run of your own, trained with folds."
        )
    if run.folds is None or run.is_leaky:
        raise RunError(
            f"{run.title!r} was trained without folds: it has learned most labels by heart, so it cannot doubt them. "
            "Train the same model with 5 folds, and every track is judged by a model that never heard it."
        )


def exact_pairs(dataset: Dataset) -> list[Pair]:
    """Tracks of equal audio, each with the first of them: known without a check."""
    first: dict[str, str] = {}
    pairs = []
    for track in dataset.tracks:
        if track.sha256 and first.setdefault(track.sha256, track.id) != track.id:
            pairs.append(Pair(first[track.sha256], track.id, "exact", 1.0, 0.0))
    return pairs
