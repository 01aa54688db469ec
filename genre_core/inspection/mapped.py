"""The map of a run: made once, kept on disk, and read with what the run said of each track."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.datasets.tracks import Dataset
from genre_core.evaluation.predictions import Predictions
from genre_core.inspection.embedding_map import METHODS, Layout, MapConfig, lay_out
from genre_core.inspection.embeddings import TrackEmbeddings, track_embeddings, tracks_seen
from genre_core.inspection.keeping import keep, kept, place
from genre_core.parallel import Progress
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import Run

MOST_TRACKS = 4000
"""So many points a picture can hold; of more tracks some are drawn by lot, judged ones first."""

COLUMNS = ("track_id", "x", "y", "genre", "predicted", "confidence", "right", "artist")


@dataclass(frozen=True)
class MapRow:
    """One track on a map.

    Attributes
    ----------
    track_id : str
    x, y : float
    genre : str
        The one that the data set gives it.
    predicted : str or None
        What the run called it; None of a track that it learned from and was not judged on.
    confidence : float or None
        Probability of that genre.
    artist : str or None
        None where nobody knows.
    """

    track_id: str
    x: float
    y: float
    genre: str
    predicted: str | None = None
    confidence: float | None = None
    artist: str | None = None

    @property
    def is_right(self) -> bool | None:
        """Whether the run called it by its genre; None where it was not judged."""
        return None if self.predicted is None else self.predicted == self.genre

    def to_dict(self) -> dict[str, Any]:
        """Plain values, in the order of COLUMNS."""
        values = {**asdict(self), "right": self.is_right}
        return {name: values[name] for name in COLUMNS}


def mapped_tracks(run: Run, seed: int = 0) -> list[str]:
    """Ids of the tracks on a run's map: all that it learned from or was judged on, MOST_TRACKS at most."""
    ids = tracks_seen(run)
    if len(ids) <= MOST_TRACKS:
        return ids
    judged = set(run.track_ids(run.judged_role))
    order = np.random.default_rng(seed).permutation(len(ids))
    drawn = sorted(order, key=lambda row: ids[row] not in judged)[:MOST_TRACKS]
    return [ids[row] for row in sorted(drawn)]


def stored_layout(run: Run, root: Root, config: MapConfig, embeddings: TrackEmbeddings) -> Layout | None:
    """The map of these tracks where it was made before; None where it was not, or is damaged."""
    arrays = kept(_path(run, root, config, embeddings))
    points, shares = arrays.get("points"), arrays.get("shares")
    if points is None or shares is None or points.shape != (len(embeddings.track_ids), 2):
        return None
    return Layout(points, shares)


def make_layout(run: Run, root: Root, config: MapConfig, embeddings: TrackEmbeddings) -> Layout:
    """The map of these tracks: read where it was made before, else computed and kept.

    Raises
    ------
    ParameterError
        As `lay_out`.
    RunError
        If it cannot be written.
    """
    found = stored_layout(run, root, config, embeddings)
    if found is None:
        found = lay_out(embeddings.values, config.method, neighbours=config.neighbours, seed=config.seed)
        if not METHODS[config.method].at_once:
            keep(_path(run, root, config, embeddings), points=found.points, shares=found.shares)
    return found


def make_map(
    run: Run,
    root: Root,
    config: MapConfig,
    *,
    progress: Progress | None = None,
    begun: Callable[[int], None] | None = None,
) -> tuple[TrackEmbeddings, Layout]:
    """Embeddings and map of a run's tracks, each computed where it is not there yet.

    Parameters
    ----------
    run, root, config
        What to map, where it is kept, and how.
    progress : callable or None
        As `track_embeddings` takes it.
    begun : callable or None
        Told the number of tracks before they are laid out.

    Raises
    ------
    GenreError
        As `track_embeddings` and `lay_out`.
    """
    embeddings = track_embeddings(run, root, mapped_tracks(run, config.seed), progress)
    if begun is not None:
        begun(len(embeddings.track_ids))
    return embeddings, make_layout(run, root, config, embeddings)


def map_rows(
    embeddings: TrackEmbeddings, layout: Layout, dataset: Dataset, predictions: Iterable[Predictions] = ()
) -> list[MapRow]:
    """What a map shows of each track, in the order of the embeddings.

    Parameters
    ----------
    embeddings, layout
        As `make_map` gives them.
    dataset : Dataset
        That of the run, which knows genres and artists.
    predictions : iterable of Predictions
        What the run said, a part of its split each; of a track in several the first counts.
    """
    said: dict[str, tuple[str, float]] = {}
    for its in predictions:
        best, posteriors = its.y_pred, its.posteriors
        for row, track_id in enumerate(its.track_ids.tolist()):
            said.setdefault(track_id, (its.genres[best[row]], float(posteriors[row, best[row]])))
    rows = []
    for track_id, (x, y) in zip(embeddings.track_ids, layout.points.tolist(), strict=True):
        track = dataset.by_id[track_id]
        predicted, confidence = said.get(track_id, (None, None))
        rows.append(MapRow(track_id, x, y, track.genre, predicted, confidence, track.artist))
    return rows


def judged_predictions(run: Run) -> list[Predictions]:
    """What a run said of every part that it was judged on, the part that compares runs first."""
    return [run.predictions(role) for role in sorted(run.scores, key=lambda role: role != run.judged_role)]


def map_csv(rows: Iterable[MapRow]) -> str:
    """The rows as a table; empty where nothing is known."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(row.to_dict() for row in rows)
    return out.getvalue()


def _path(run: Run, root: Root, config: MapConfig, embeddings: TrackEmbeddings) -> Path:
    key = fingerprint([embeddings.fingerprint, list(embeddings.track_ids), config.fingerprint])
    return place(run, root, f"map-{key}.npz")
