"""A division that an earlier run had, for the training of the same recipe on another version of its data set."""

from __future__ import annotations

from genre_core.datasets.folds import Folds
from genre_core.datasets.splits import Split
from genre_core.datasets.tracks import Dataset
from genre_core.errors import TrainingError
from genre_core.paths import Root
from genre_core.runs import Run, find_run


def kept_split(dataset: Dataset, run_id: str, root: Root) -> Split:
    """The split of a run, narrowed to the tracks that a data set still has; tracks that are new have no role.

    Raises
    ------
    RunError
        If there is no such run.
    TrainingError
        If it is of another data set, or divided segments.
    """
    values = _run_of(dataset, run_id, root).manifest["split"]
    roles = {track.id: values["roles"][track.id] for track in dataset.tracks if track.id in values["roles"]}
    return Split(values["name"], values["seed"], roles, genres=tuple(values["genres"]), train_share=values["train_share"])


def kept_folds(dataset: Dataset, run_id: str, root: Root) -> Folds:
    """The folds of a run, narrowed to the tracks that a data set still has; errors as `kept_split`.

    Raises
    ------
    DatasetError
        If a fold has lost all of its tracks.
    """
    run = _run_of(dataset, run_id, root)
    if run.folds is None:
        raise TrainingError(f"Expected a run with folds, to keep them. Received: {run.title!r}, which was trained without.")
    of = {track.id: run.folds["of"][track.id] for track in dataset.tracks if track.id in run.folds["of"]}
    held_out = {track_id: role for track_id, role in run.roles.items() if track_id in dataset.by_id and track_id not in of}
    return Folds(f"by_{run.folds['grouped_by']}", run.folds["seed"], run.folds["count"], of, held_out)


def _run_of(dataset: Dataset, run_id: str, root: Root) -> Run:
    run = find_run(run_id, root)
    if run.dataset_name != dataset.name:
        raise TrainingError(
            f"A training keeps the division of a run on the same data set. Received: {run.title!r} on {run.dataset_name!r} for "
            f"{dataset.name!r}."
        )
    if run.is_leaky:
        raise TrainingError(f"{run.title!r} divided segments, not tracks, so its division is not kept. Split by track or artist.")
    return run
