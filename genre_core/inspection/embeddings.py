"""Where a run places tracks: the mean embedding of each, computed once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from genre_core.datasets.given import provide
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset
from genre_core.datasets.versions import load_learned
from genre_core.errors import AudioError, DatasetError, RunError
from genre_core.inspection.keeping import keep, kept, place
from genre_core.models.serve import model_file
from genre_core.parallel import Countdown, Progress
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.runs.embedding import mean_embedding

GAPS = "Its numbers lack a feature, so that the model can place it nowhere."
GONE = "It is not in the data set any more."
SAVED_EVERY = 200
"""So many new tracks are written down at a time: what breaks off goes on there."""


@dataclass(frozen=True, eq=False)
class TrackEmbeddings:
    """Mean embeddings of tracks, all finite.

    Attributes
    ----------
    track_ids : tuple of str
    values : np.ndarray
        float32, shape (n_tracks, n_embedding): the last layer before the logits, or what a model without layers compares.
    fingerprint : str
        Of the model's file, the data set, the features and the cuts that they follow from.
    left_out : dict
        Id of each track that was asked for and has no embedding -> why, in words.
    """

    track_ids: tuple[str, ...]
    values: np.ndarray
    fingerprint: str
    left_out: dict[str, str] = field(default_factory=dict)

    def rows(self, track_ids: Sequence[str]) -> np.ndarray:
        """Row of each of these tracks, shape (n,); those without an embedding are left out."""
        where = {track_id: row for row, track_id in enumerate(self.track_ids)}
        return np.array([where[track_id] for track_id in track_ids if track_id in where], dtype=np.int64)


def tracks_seen(run: Run) -> list[str]:
    """Ids of the tracks that a run learned from or was judged on, in the split's order; the test part once it was opened."""
    seen = {"train", "valid", "mixed", *(("test",) if run.test_openings else ())}
    ids = [track_id for track_id, role in run.roles.items() if role in seen]
    return list(dict.fromkeys([*ids, *run.track_ids("folds")]))


def track_embeddings(
    run: Run,
    root: Root,
    track_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
    *,
    dataset: Dataset | None = None,
) -> TrackEmbeddings:
    """Mean embedding of each track by the run's model, from stored features (computed where missing).

    What was computed before is read from `Root.inspections`; new tracks are added to it. The served model places every track,
    also those that it learned from: these lie nearer to their genre than a new song would.

    Parameters
    ----------
    run : Run
        Its data set must be here, unless another is given.
    root : Root
        Where data set and features lie, and where the embeddings are kept.
    track_ids : sequence of str or None
        Of the data set; by default those of `tracks_seen`, and of another data set all of its tracks.
    progress : callable or None
        `progress(done, total, seconds_left)` after each track that had to be computed; it may raise to stop: what is done stays.
    dataset : Dataset or None
        Another one than the run's, with audio: the model hears its tracks like any others.

    Returns
    -------
    TrackEmbeddings
        In the order asked for. A track that cannot be placed is left out and named.

    Raises
    ------
    DatasetError
        If the run's data set is not here, the other one has no audio, or what is computed cannot be stored.
    RunError
        If the run has no model, it is gone or damaged, or nothing can be written.
    """
    dataset, ids = _asked(run, root, track_ids, dataset)
    key, path = _key(run, dataset, root)
    known = _read(path)
    left_out = {track_id: GONE for track_id in ids if track_id not in dataset.by_id}
    absent = [track_id for track_id in ids if track_id not in known and track_id not in left_out]
    if absent:
        left_out |= _compute(run, root, dataset, absent, known, path, progress)
    left_out |= {track_id: GAPS for track_id in ids if track_id in known and not np.isfinite(known[track_id]).all()}
    there = tuple(track_id for track_id in ids if track_id in known and track_id not in left_out)
    values = np.stack([known[track_id] for track_id in there]) if there else np.zeros((0, 0), np.float32)
    return TrackEmbeddings(there, values, key, left_out)


def not_embedded(run: Run, root: Root, track_ids: Sequence[str] | None = None, *, dataset: Dataset | None = None) -> list[str]:
    """Ids of the tracks that `track_embeddings` would still have to compute; quick. Raises as it does."""
    dataset, ids = _asked(run, root, track_ids, dataset)
    known = _read(_key(run, dataset, root)[1])
    return [track_id for track_id in ids if track_id not in known and track_id in dataset.by_id]


def _asked(run: Run, root: Root, track_ids: Sequence[str] | None, other: Dataset | None) -> tuple[Dataset, list[str]]:
    """The data set whose tracks are to be placed, and which of them."""
    if not run.has_model:
        raise RunError(
            f"{run.title!r} came as predictions without a model, so it places no track. Choose a run that was trained."
        )
    if other is None:
        dataset, ids = _learned(run, root), tracks_seen(run)
    elif not other.has_audio:
        raise DatasetError(
            f"The data set {other.title or other.name!r} came as numbers without audio, so a model cannot hear its tracks. "
            "Choose one with songs."
        )
    else:
        dataset, ids = other, [track.id for track in other.tracks]
    return dataset, list(dict.fromkeys(ids if track_ids is None else track_ids))


def _learned(run: Run, root: Root) -> Dataset:
    try:
        return load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    except DatasetError as error:
        raise DatasetError(
            f"{run.title!r} learned from the data set {run.dataset_title!r}, which is not here or cannot be read, so its tracks "
            f"cannot be placed. Import it under the name {run.dataset_name!r}. ({error})"
        ) from error


def _key(run: Run, dataset: Dataset, root: Root) -> tuple[str, Path]:
    """Fingerprint of all that the embeddings follow from, and where they lie."""
    model = hashlib.sha256(model_file(run.folder).read_bytes()).hexdigest()
    features = [feature.fingerprint for feature in run.features]
    key = fingerprint([model, dataset.fingerprint, features, run.segments.fingerprint])
    return key, place(run, root, f"embeddings-{key}.npz")


def _compute(
    run: Run,
    root: Root,
    dataset: Dataset,
    ids: list[str],
    known: dict[str, np.ndarray],
    path: Path,
    progress: Progress | None,
) -> dict[str, str]:
    """Add the embeddings of `ids` to `known` and to the file; returns which cannot be computed, with the reason."""
    store, classifier = FeatureStore(root.features), run.classifier()
    provide(dataset, [(feature, run.segments) for feature in run.features], root.datasets, store)
    failed: dict[str, str] = {}
    added: dict[str, np.ndarray] = {}
    try:
        countdown = Countdown(progress, len(ids))
        for track_id in ids:
            try:
                added[track_id] = mean_embedding(classifier, dataset.by_id[track_id], run, store).astype(np.float32)
            except AudioError as error:  # not written down: the file may be back next time
                failed[track_id] = str(error)
            countdown.step()
            if added and len(added) % SAVED_EVERY == 0:
                _write(path, added)
    finally:
        if added:
            known |= _write(path, added)
    return failed


def _read(path: Path) -> dict[str, np.ndarray]:
    """Embeddings by track id; a row of NaN where a track has none."""
    arrays = kept(path)
    if {"track_ids", "values"} - set(arrays) or len(arrays["track_ids"]) != len(arrays["values"]):
        return {}
    return dict(zip(arrays["track_ids"].tolist(), arrays["values"], strict=True))


def _write(path: Path, added: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Add to what is there by now: a page and a job may compute at the same time."""
    widths = {len(values) for values in added.values()}
    if len(widths) > 1:
        raise RunError(f"A model's embedding has one width. Received: {sorted(widths)}. Train this run again.")
    merged = {**_read(path), **added}
    keep(path, track_ids=np.array(list(merged), dtype=np.str_), values=np.stack(list(merged.values())))
    return merged
