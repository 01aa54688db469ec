"""Caches of the map and of the doubtful labels: where a run places its tracks, the points of a picture, and what is suspected."""

from __future__ import annotations

import time

import streamlit as st

from genre_core import jobs
from genre_core.datasets.tracks import Dataset
from genre_core.evaluation.predictions import Predictions
from genre_core.inspection.doubted import Doubted, doubted_labels
from genre_core.inspection.embedding_map import METHODS, Layout, MapConfig
from genre_core.inspection.embeddings import TrackEmbeddings, not_embedded, track_embeddings
from genre_core.inspection.label_issues import support
from genre_core.inspection.mapped import MapRow, judged_predictions, make_layout, map_rows, mapped_tracks, stored_layout
from genre_core.inspection.neighbours import Agreement, Neighbour, agreement, nearest_training
from genre_core.runs import MANIFEST, Run
from pages.ui import cached
from pages.ui.root import root

PATIENCE_SECONDS = 3.0
"""So long a visitor may wait for a page; what takes longer is a job."""


MOST_COMPARED = 2000
"""So many songs are compared with each other: of more some are taken, evenly spaced."""


class _Later(Exception):  # noqa: N818 - no error: it takes longer than a page may
    pass


def map_jobs(run: Run) -> list[jobs.Job]:
    """The jobs that place tracks of this run just now."""
    return [job for job in jobs.active_jobs(root(), "map") if job.values.get("run") == run.id]


def embeddings(run: Run) -> TrackEmbeddings | None:
    """Where the run places its tracks; None where that takes longer than a page may: a job does it then.

    Raises
    ------
    GenreError
        As `track_embeddings`.
    """
    changed = (cached.stamp(run.folder / MANIFEST), cached.stamp(root().datasets / run.dataset_name / "dataset.json"))
    patience = 0.0 if map_jobs(run) else PATIENCE_SECONDS
    try:
        return _embeddings(str(run.folder), str(root().path), changed, _run=run, _patience=patience)
    except _Later:
        return None


@st.cache_resource(max_entries=8, show_spinner="Placing tracks ...")
def _embeddings(folder: str, root_path: str, changed: tuple[int, int], _run: Run, _patience: float) -> TrackEmbeddings:
    until = time.monotonic() + _patience

    def progress(done: int, total: int, seconds_left: float | None) -> None:
        if done < total and time.monotonic() > until:
            raise _Later

    return track_embeddings(_run, root(), mapped_tracks(_run), progress)


def place_jobs(run: Run, dataset: Dataset) -> list[jobs.Job]:
    """The jobs in which this run hears the songs of this data set just now."""
    wanted = {"run": run.id, "dataset": dataset.name}
    return [job for job in jobs.active_jobs(root(), "place") if wanted.items() <= job.values.items()]


def placed(run: Run, dataset: Dataset) -> tuple[TrackEmbeddings, int]:
    """Where the run places the songs of any data set, those that it has heard by now, and how many it has still to hear.

    Raises
    ------
    GenreError
        As `track_embeddings`.
    """
    absent = not_embedded(run, root(), dataset=dataset)
    n_known = len(dataset.tracks) - len(absent)
    changed = cached.stamp(run.folder / MANIFEST)
    return _placed(str(run.folder), changed, dataset.fingerprint, n_known, _asked=(run, dataset, absent)), len(absent)


@st.cache_resource(max_entries=8, show_spinner=False)
def _placed(folder: str, changed: int, fingerprint: str, n_known: int, _asked: tuple[Run, Dataset, list[str]]) -> TrackEmbeddings:
    run, dataset, absent = _asked
    missing = set(absent)
    known = [track.id for track in dataset.tracks if track.id not in missing]
    return track_embeddings(run, root(), known, dataset=dataset)


def agreed(dataset: Dataset, found: TrackEmbeddings) -> Agreement | None:
    """Whether nearness says anything of genre among these songs."""
    return _agreed(found.fingerprint, len(found.track_ids), _dataset=dataset, _found=found)


@st.cache_data(max_entries=16, show_spinner=False)
def _agreed(fingerprint: str, n_tracks: int, _dataset: Dataset, _found: TrackEmbeddings) -> Agreement | None:
    drawn = _found.track_ids[:: -(-n_tracks // MOST_COMPARED)] if n_tracks else ()
    tracks = [_dataset.by_id[track_id] for track_id in drawn]
    among = TrackEmbeddings(drawn, _found.values[_found.rows(drawn)], fingerprint)
    return agreement(among, [track.genre for track in tracks], [track.artist for track in tracks])


def nearest_songs(run: Run, track_id: str, k: int, found: TrackEmbeddings) -> list[Neighbour]:
    """Tracks that the run learned from and places nearest to one; raises `GenreError` where it cannot place it."""
    changed = cached.stamp(root().datasets / run.dataset_name / "report.json")  # which knows the repeats
    return _nearest_songs(found.fingerprint, len(found.track_ids), changed, track_id, k, _run=run, _found=found)


@st.cache_data(max_entries=256, show_spinner=False)
def _nearest_songs(
    fingerprint: str, n_tracks: int, changed: int, track_id: str, k: int, _run: Run, _found: TrackEmbeddings
) -> list[Neighbour]:
    return nearest_training(_run, root(), track_id, k, embeddings=_found)


def n_to_place(run: Run) -> int:
    """How many tracks have still to be placed; raises as `track_embeddings`."""
    return len(not_embedded(run, root(), mapped_tracks(run)))


def layout(run: Run, config: MapConfig, found: TrackEmbeddings) -> Layout | None:
    """The picture's points; None where a job has still to compute them."""
    if METHODS[config.method].at_once:
        return _at_once(found.fingerprint, len(found.track_ids), config.fingerprint, _run=run, _config=config, _found=found)
    return stored_layout(run, root(), config, found)


@st.cache_resource(max_entries=8, show_spinner=False)
def _at_once(fingerprint: str, n_tracks: int, config: str, _run: Run, _config: MapConfig, _found: TrackEmbeddings) -> Layout:
    return make_layout(_run, root(), _config, _found)


def rows(run: Run, found: TrackEmbeddings, points: Layout) -> list[MapRow]:
    """What the picture shows of each track."""
    return map_rows(found, points, cached.learned_dataset(run), judged_predictions(run))


def out_of_fold(run: Run) -> Predictions:
    """What models that never heard a track said of it; raises `RunError` of a run without folds."""
    return cached.predictions(run, "folds")


def supported(run: Run) -> tuple[list[str], list[str], list[float]]:
    """Id, label and the label's support of each track that was judged out of fold."""
    predictions = out_of_fold(run)
    given = [predictions.genres[y] for y in predictions.y_true]
    return predictions.track_ids.tolist(), given, support(predictions).tolist()


def doubted(run: Run) -> Doubted:
    """The doubtful labels; without neighbours where placing the tracks takes longer than a page may.

    Raises
    ------
    GenreError
        As `doubted_labels`.
    """
    found = embeddings(run) if run.has_model else None
    folder = root().datasets / run.dataset_name
    changed = tuple(map(cached.stamp, (run.folder / MANIFEST, folder / "dataset.json", folder / "report.json")))
    return _doubted(str(run.folder), changed, found is not None, _run=run, _found=found)


@st.cache_resource(max_entries=8, show_spinner="Looking for doubtful labels ...")
def _doubted(folder: str, changed: tuple[int, ...], placed: bool, _run: Run, _found: TrackEmbeddings | None) -> Doubted:
    return doubted_labels(_run, root(), _found)
