"""Tempo, loudness and the plane of a data set."""

import numpy as np
import pytest

from genre_core.audio import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.overview import plane, track_numbers
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, Track
from genre_core.features.base import segment_features
from genre_core.features.spectral import LogMel
from genre_core.features.summary import Summary57

SR = 22050
CUT = SegmentConfig(segment_seconds=3.0, hop_seconds=3.0)


def track(name: str) -> Track:
    return Track(name, "tone", None, None, 6.0, f"{name:0>12}".replace(" ", "0"))


def clicks(bpm: float, seconds: float = 6.0) -> np.ndarray:
    y = np.zeros(round(seconds * SR))
    for beat in np.arange(0, seconds, 60 / bpm):
        y[round(beat * SR) : round(beat * SR) + 200] = 0.8
    return y.astype(np.float32)


@pytest.fixture
def stored(tmp_path):
    store = FeatureStore(tmp_path)
    sine = (0.5 * np.sin(2 * np.pi * 440 * np.arange(6 * SR) / SR)).astype(np.float32)
    sounds = {"sine": sine, "half": sine / 2, "clicks": clicks(120.0)}
    tracks = [track(name) for name in sounds]
    for entry in tracks:
        store.save(entry, Summary57(), CUT, segment_features(Clip(sounds[entry.id], SR), Summary57(), CUT))
    return Dataset("tones", (*tracks, track("unheard"))), store


def test_a_sine_has_its_level_and_clicks_their_tempo(stored):
    dataset, store = stored
    found = track_numbers(dataset, store, [(LogMel(), CUT), (Summary57(), CUT)])
    assert found.ids == ("sine", "half", "clicks")
    assert found.columns.shape == (3, 57)
    assert found.loudness_db[0] == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.1)
    assert found.loudness_db[0] - found.loudness_db[1] == pytest.approx(6.02, abs=0.01)
    assert found.tempo_bpm[2] == pytest.approx(120, rel=0.03)


def test_nothing_stored_is_nothing(stored):
    dataset, store = stored
    found = track_numbers(dataset, store, [(LogMel(), CUT)])
    assert (found.n_tracks, found.columns.shape) == (0, (0, 57))
    assert plane(found.columns)[0].shape == (0, 2)


def test_the_plane_keeps_a_plane():
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 6)) + 3.0
    points, shares = plane(np.c_[flat, np.full(40, 7.0)])
    assert shares.sum() == pytest.approx(1.0)
    assert shares[0] >= shares[1]
    scaled = (flat - flat.mean(axis=0)) / flat.std(axis=0)
    apart = np.linalg.norm(scaled[:, None] - scaled[None], axis=-1)
    drawn = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.testing.assert_allclose(drawn, apart, atol=1e-9)
    np.testing.assert_allclose(points.mean(axis=0), 0.0, atol=1e-9)


@pytest.mark.parametrize("columns", [np.zeros((1, 57)), np.ones((5, 57))])
def test_what_does_not_vary_lies_on_one_point(columns):
    points, shares = plane(columns)
    assert not points.any()
    assert not shares.any()
