import numpy as np
import pytest

from genre_core.features.rhythm import onset_strength, tempo, tempo_spectrum
from genre_core.features.stft import Spectra

SR = 22050


def clicks(bpm: float, seconds: float = 20.0) -> np.ndarray:
    y = np.zeros(round(seconds * SR), np.float32)
    burst = np.random.default_rng(0).normal(size=400) * np.exp(-np.arange(400) / 60)
    for start in np.arange(0.5, seconds - 0.1, 60 / bpm):
        y[round(start * SR) : round(start * SR) + 400] = burst
    return y


@pytest.mark.parametrize("bpm", [80, 120, 150])
def test_a_click_train_has_its_tempo(bpm):
    found = tempo(onset_strength(Spectra(clicks(bpm), sr=SR)), sr=SR)
    assert found == pytest.approx(bpm, rel=0.03)  # lags are whole frames of 23 ms


def test_onsets_lie_where_sounds_begin():
    onsets = onset_strength(Spectra(clicks(60.0, seconds=5.0), sr=SR))
    frame = onsets[: round(1.2 * SR / 512)].argmax()
    assert frame * 512 / SR == pytest.approx(0.5, abs=0.06)


def test_silence_has_no_tempo():
    assert tempo(onset_strength(Spectra(np.zeros(SR), sr=SR)), sr=SR) == 0.0


def test_equal_to_librosa(sound):
    import librosa

    onsets = onset_strength(Spectra(sound, sr=SR))
    expected = librosa.onset.onset_strength(y=sound, sr=SR, aggregate=np.median)
    np.testing.assert_allclose(onsets, expected, atol=2e-3)
    tempogram = librosa.feature.tempogram(onset_envelope=expected, sr=SR, win_length=344)
    _, fit = tempo_spectrum(expected, sr=SR)
    np.testing.assert_allclose(fit, tempogram.mean(axis=-1), atol=1e-5)
    assert tempo(onsets, sr=SR) == pytest.approx(float(np.squeeze(librosa.beat.beat_track(y=sound, sr=SR)[0])))
