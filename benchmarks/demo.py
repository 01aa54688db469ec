"""How hard the demo data set is: `python -m benchmarks.demo [--root FOLDER] [--processes N]` prints what docs/demo.md says."""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from genre_core.datasets.demo import make_demo
from genre_core.datasets.tracks import Dataset, Track
from genre_core.features.summary import Summary57

STARTS_SECONDS = (4, 14, 24)
SEGMENT_SECONDS = 3
N_FOLDS = 5


@dataclass(frozen=True)
class Difficulty:
    """Accuracy of logistic regression on `summary57` in five folds.

    Attributes
    ----------
    by_artist, at_random : float
        Share of segments called right, when a fold holds one artist a genre, and when segments are dealt at random.
    tracks_by_artist : float
        Share of tracks called right by the mean posterior of their segments, a fold an artist.
    confusion : np.ndarray
        Tracks by artist, true genre a row, shape (n_genres, n_genres).
    """

    by_artist: float
    at_random: float
    tracks_by_artist: float
    confusion: np.ndarray

    def confused_pairs(self, *, share: float = 0.1) -> list[tuple[int, int]]:
        """Pairs of genres where at least `share` of one's tracks are called the other."""
        rate = self.confusion / self.confusion.sum(axis=1, keepdims=True)
        n = len(rate)
        return [
            (first, second)
            for first in range(n)
            for second in range(first + 1, n)
            if max(rate[first, second], rate[second, first]) >= share
        ]


def track_features(track: Track) -> np.ndarray:
    """`summary57` of three segments of a track, shape (3, 57)."""
    clip = track.clip()
    feature = Summary57()
    return np.stack([feature.of(clip.slice(start, start + SEGMENT_SECONDS)) for start in STARTS_SECONDS])


def difficulty(dataset: Dataset, *, processes: int = 2) -> Difficulty:
    """Measure a data set that tells its artists."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        features = np.stack(list(pool.map(track_features, dataset.tracks, chunksize=5)))  # (n_tracks, 3, 57)
    n_tracks, n_segments, n_columns = features.shape
    y_true = np.array([dataset.genres.index(track.genre) for track in dataset.tracks])
    artists = {
        genre: sorted({track.artist or "" for track in dataset.tracks if track.genre == genre}) for genre in dataset.genres
    }
    fold = np.array([artists[track.genre].index(track.artist or "") % N_FOLDS for track in dataset.tracks])
    x = features.reshape(-1, n_columns)  # (n_tracks * 3, 57)
    segment_y = np.repeat(y_true, n_segments)
    held_out = _posteriors(x, segment_y, np.repeat(fold, n_segments))
    dealt = _posteriors(x, segment_y, np.random.default_rng(0).integers(0, N_FOLDS, segment_y.size))
    called = held_out.reshape(n_tracks, n_segments, -1).mean(axis=1).argmax(axis=1)
    confusion = np.zeros((len(dataset.genres),) * 2, int)
    np.add.at(confusion, (y_true, called), 1)
    return Difficulty(
        float((held_out.argmax(axis=1) == segment_y).mean()),
        float((dealt.argmax(axis=1) == segment_y).mean()),
        float((called == y_true).mean()),
        confusion,
    )


def _posteriors(x: np.ndarray, y: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Out-of-fold posteriors, shape (n_segments, n_genres)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    posteriors = np.zeros((y.size, y.max() + 1))
    for number in range(N_FOLDS):
        test = fold == number
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(x[~test], y[~test])
        posteriors[test] = model.predict_proba(x[test])
    return posteriors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, help="folder of data sets; a temporary one if not given")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        began = time.perf_counter()
        dataset = make_demo(chosen.root or Path(spare), processes=chosen.processes)
        print(f"made {len(dataset.tracks)} tracks in {time.perf_counter() - began:.1f} s, {chosen.processes} processes")
        found = difficulty(dataset, processes=chosen.processes)
    print(
        f"segments: by artist {found.by_artist:.1%}, at random {found.at_random:.1%}; "
        f"tracks by artist {found.tracks_by_artist:.1%}"
    )
    print("true \\ called ".ljust(14) + " ".join(genre[:5].rjust(5) for genre in dataset.genres))
    for genre, row in zip(dataset.genres, found.confusion, strict=True):
        print(genre.ljust(14) + " ".join(f"{count:5d}" for count in row))
    pairs = [f"{dataset.genres[first]}/{dataset.genres[second]}" for first, second in found.confused_pairs()]
    print("confused pairs (10 % of a genre's tracks or more): " + ", ".join(pairs))


if __name__ == "__main__":
    main()
