"""What lessons keep: numbers of real tracks that are computed once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from genre_core.audio import Clip
from genre_core.datasets.tracks import Dataset, Track
from genre_core.features.spectral import Mfcc
from genre_core.teaching.bending import bend
from genre_core.teaching.describing import SOUND_NUMBERS, describe
from genre_core.teaching.net import Net

N_MFCC = 13
MIDDLE_SECONDS = 10.0
"""Of each track its middle is described: enough for a mean, and quick."""


def genre_mfcc(dataset: Dataset, genre: str, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """Mean of the 13 MFCC over the middle of every track of a genre, shape (n_tracks, 13)."""
    found = []
    tracks = [track for track in dataset.tracks if track.genre == genre and track.path is not None]
    for done, track in enumerate(tracks, 1):
        found.append(_mean(track.sha256, _track=track))
        if progress is not None:
            progress(done, len(tracks))
    return np.stack(found) if found else np.zeros((0, N_MFCC))


@st.cache_data(max_entries=2000, show_spinner=False)
def _mean(sha256: str, _track: Track) -> np.ndarray:
    return np.asarray(Mfcc(n_mfcc=N_MFCC).of(middle(_track.clip())).mean(axis=1, dtype=np.float64))


def middle(clip: Clip, seconds: float = MIDDLE_SECONDS) -> Clip:
    """The middle of a clip, all of a shorter one."""
    spare = max(0.0, clip.seconds - seconds) / 2
    return clip.slice(spare, clip.seconds - spare) if spare else clip


def sound_numbers(
    dataset: Dataset, genre: str, progress: Callable[[int, int], None] | None = None
) -> tuple[tuple[str, ...], np.ndarray]:
    """Tracks of a genre with the numbers of `teaching.describing` of their middle: ids, and values, shape (n_tracks, 5)."""
    tracks = [track for track in dataset.tracks if track.genre == genre and track.path is not None]
    found = []
    for done, track in enumerate(tracks, 1):
        found.append(_described(track.sha256, _track=track))
        if progress is not None:
            progress(done, len(tracks))
    return tuple(track.id for track in tracks), np.stack(found) if found else np.zeros((0, len(SOUND_NUMBERS)))


@st.cache_data(max_entries=2000, show_spinner=False)
def _described(sha256: str, _track: Track) -> np.ndarray:
    return describe(middle(_track.clip()))


@st.cache_data(max_entries=64, show_spinner=False)
def bent(x: np.ndarray, y: np.ndarray, n_hidden: int) -> Net:
    """A net with hidden neurons that tells the second of two groups of points from the first."""
    return bend(x, y, n_hidden=n_hidden)
