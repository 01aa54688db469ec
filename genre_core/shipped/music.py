"""The check for music: taught on songs and on sounds that are none, judged on kinds of sounds that it has not heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.folds import make_folds
from genre_core.datasets.given import load_given
from genre_core.datasets.tracks import Dataset
from genre_core.features.base import segment_features
from genre_core.features.is_music import LAYER, NET, MusicCheck
from genre_core.features.musicnn import Backbone
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.shipped.sounds import Sound

C = 0.01
"""Inverse penalty of the logistic regression; a tenth and ten times of it turn away as much within two hundredths."""
BENEFIT = 1.0
"""Log-odds that every sound has in advance: a song called no music is the worse error. With it no song at hand was turned away
out of fold."""
N_FOLDS = 5

EAR = Backbone(net=NET, layer=LAYER, even_level=True)
SEGMENTS: SegmentConfig = MODELS["transfer"].segments


@dataclass(frozen=True, eq=False)
class Heard:
    """Songs and sounds as the check reads them, mean over the segments of each.

    Attributes
    ----------
    values : np.ndarray
        Shape (n_sounds, n_columns).
    kinds : np.ndarray
        str, "music" or the kind of the sound, shape (n_sounds,).
    folds : np.ndarray
        Shape (n_sounds,): songs of an artist, speech of a language, noises of an animal have one fold.
    """

    values: np.ndarray
    kinds: np.ndarray
    folds: np.ndarray


class Judged(NamedTuple):
    """Log-odds of each sound from a check that has not heard its group, and the check of all."""

    out_of_fold: np.ndarray
    check: MusicCheck


def songs_of(dataset: Dataset, root: Root) -> tuple[list[str], list[np.ndarray], list[int]]:
    """Songs that were heard: their ids, what the check reads of each, shape (n_segments, n_columns), and its fold by artist."""
    found = load_given(dataset, root.datasets, (EAR, SEGMENTS))
    values = {track.id: found[track.sha256].values for track in dataset.tracks}
    ids = [track_id for track_id, its in values.items() if np.isfinite(its).all()]
    of = make_folds(dataset, N_FOLDS, seed=0).of
    return ids, [values[track_id] for track_id in ids], [of[track_id] for track_id in ids]


def heard(songs: Sequence[np.ndarray], song_folds: Sequence[int], sounds: Sequence[Sound], say: Callable[[str], None]) -> Heard:
    """Put songs (the layer's values, shape (n_segments, n_columns) each) and sounds side by side."""
    values = [song.mean(axis=0) for song in songs]
    groups: dict[tuple[str, str], int] = {}
    folds = list(song_folds)
    for number, sound in enumerate(sounds, 1):
        values.append(segment_features(sound.clip, EAR, SEGMENTS).values.mean(axis=0))
        folds.append(groups.setdefault((sound.kind, sound.group), len(groups)) % N_FOLDS)
        say(f"{number} of {len(sounds)} sounds heard")
    kinds = ["music"] * len(songs) + [sound.kind for sound in sounds]
    return Heard(np.stack(values), np.array(kinds), np.array(folds))


def judge(known: Heard) -> Judged:
    """Fit a check a fold, and one on all."""
    log_odds = np.empty(len(known.kinds))
    for fold in range(N_FOLDS):
        its = known.folds == fold
        check = fit(known.values[~its], known.kinds[~its])
        log_odds[its] = check.log_odds(known.values[its].astype(np.float32))
    return Judged(log_odds, fit(known.values, known.kinds))


def fit(values: np.ndarray, kinds: np.ndarray) -> MusicCheck:
    """Logistic regression in which music counts as much as all else, and all kinds of the rest the same.

    `BENEFIT` is added to what it says.
    """
    from sklearn.linear_model import LogisticRegression

    names, place, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    share = np.where(names == "music", 1.0, 1 / (len(names) - 1)) / counts  # of each kind's sounds
    weights = share[place] * len(kinds) / 2
    mean, std = values.mean(axis=0), values.std(axis=0) + 1e-6
    fitted = LogisticRegression(C=C, max_iter=3000).fit((values - mean) / std, kinds == "music", sample_weight=weights)
    columns = fitted.coef_[0] / std
    return MusicCheck(columns.astype(np.float32), float(fitted.intercept_[0] - columns @ mean) + BENEFIT)
