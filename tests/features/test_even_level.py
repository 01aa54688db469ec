"""A pretrained net that hears each segment at the same loudness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.features.backbones import BACKBONES
from genre_core.features.musicnn import EVEN_RMS, MOST_GAIN, MUSICNN_MEL, Backbone, even_gain
from genre_core.features.stft import Spectra

SR = 16000


def sound(seconds: float = 3.0) -> np.ndarray:
    """A chord over noise, at the loudness of a song."""
    t = np.arange(round(seconds * SR)) / SR
    chord = sum(np.sin(2 * np.pi * hertz * t) / (1 + 3 * t) for hertz in (220.0, 277.2, 329.6, 1760.0))
    y = chord + 0.1 * np.random.default_rng(0).standard_normal(t.size)
    return (0.1 * y / np.sqrt(np.mean(y**2))).astype(np.float32)


def rms(y: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(y, dtype=np.float64))))


@pytest.mark.parametrize("layer", ["tags", "mean_pool"])
@pytest.mark.parametrize("gain", [0.04, 0.3, 9.0])
def test_the_volume_changes_nothing(layer: str, gain: float) -> None:
    feature = Backbone(layer=layer, even_level=True)
    as_it_is, changed = (feature(Spectra(y.astype(np.float32), sr=SR)) for y in (sound(), gain * sound()))
    np.testing.assert_allclose(changed, as_it_is, atol=1e-3)
    plain = Backbone(layer=layer)
    assert abs(plain(Spectra(gain * sound(), sr=SR)) - plain(Spectra(sound(), sr=SR))).max() > 0.05


def test_a_segment_of_the_right_loudness_is_heard_as_it_is() -> None:
    assert even_gain(sound()) == pytest.approx(1, rel=1e-6)
    as_it_is, even = (Backbone(even_level=level)(Spectra(sound(), sr=SR)) for level in (False, True))
    np.testing.assert_allclose(even, as_it_is, atol=1e-3)


@settings(max_examples=30)
@given(loudness=st.floats(1e-9, 5), seed=st.integers(0, 99))
def test_brings_every_sound_to_one_loudness_and_no_higher(loudness: float, seed: int) -> None:
    y = np.random.default_rng(seed).standard_normal(400)
    y *= loudness / rms(y)
    gain = even_gain(y)
    assert gain <= MOST_GAIN * (1 + 1e-9)
    expected = EVEN_RMS if loudness >= EVEN_RMS / MOST_GAIN else loudness * MOST_GAIN
    assert rms(gain * y) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("y", [np.zeros(0, np.float32), np.zeros(3 * SR, np.float32)])
def test_silence_is_not_blown_up(y: np.ndarray) -> None:
    assert even_gain(y) == pytest.approx(MOST_GAIN)


def test_silence_is_heard_as_silence() -> None:
    silent = np.zeros(3 * SR, np.float32)
    plain, even = (Backbone(even_level=level)(Spectra(silent, sr=SR)) for level in (False, True))
    np.testing.assert_array_equal(even, plain)
    rounding = np.random.default_rng(0).integers(-1, 2, 3 * SR) / 32768
    heard = Spectra(rounding.astype(np.float32), sr=SR)
    assert MUSICNN_MEL.amplified(heard, even_gain(rounding)).max() < 0.25 * MUSICNN_MEL(Spectra(sound(), sr=SR)).max()


@settings(max_examples=30)
@given(gain=st.floats(0.01, 100))
def test_amplified_is_the_picture_of_the_louder_sound(gain: float) -> None:
    y = sound(0.3)
    louder = MUSICNN_MEL(Spectra((gain * y).astype(np.float32), sr=SR))
    np.testing.assert_allclose(MUSICNN_MEL.amplified(Spectra(y, sr=SR), gain), louder, atol=1e-4)


def test_is_another_feature_with_the_same_names() -> None:
    plain, even = Backbone(), Backbone(even_level=True)
    assert plain.fingerprint != even.fingerprint
    assert plain.rows == even.rows == BACKBONES["msd_musicnn"].tags
    assert Backbone.from_dict(even.to_dict()) == even
    former = {key: value for key, value in plain.to_dict().items() if key != "even_level"}
    assert Backbone.from_dict(former) == plain
