import numpy as np
import pytest

from genre_core.features.rhythm import beats, onset_strength, tempi, tempo, tempo_spectrum, tempogram
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


def beat_times(bpm: float, seconds: float = 20.0) -> np.ndarray:
    return np.arange(0.5, seconds - 0.1, 60 / bpm)


@pytest.mark.parametrize("bpm", [80, 120, 150])
@pytest.mark.parametrize("hop_length", [256, 512])
def test_beats_lie_on_the_clicks(bpm, hop_length):
    onsets = onset_strength(Spectra(clicks(bpm), sr=SR), hop_length=hop_length)
    found, expected = beats(onsets, sr=SR, hop_length=hop_length), beat_times(bpm)
    assert len(expected) - 2 <= len(found) <= len(expected)
    nearest = np.abs(found[:, None] - expected).min(axis=1)
    assert nearest.max() < (0.03 if bpm == 120 else 0.02 + hop_length / SR)  # a beat lies on a frame
    np.testing.assert_allclose(np.diff(found).mean(), 60 / bpm, rtol=0.01)


def test_beats_stop_where_the_music_stops():
    y = np.concatenate([np.zeros(4 * SR, np.float32), clicks(120.0, 10.0), np.zeros(4 * SR, np.float32)])
    found = beats(onset_strength(Spectra(y, sr=SR)), sr=SR)
    assert 4.0 < found[0] < 5.6
    assert 13.0 < found[-1] < 14.1


def test_beats_follow_the_tempo_asked_for():
    onsets = onset_strength(Spectra(clicks(120.0), sr=SR))
    assert np.median(np.diff(beats(onsets, sr=SR, bpm=60.0))) == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("onsets", [np.zeros(0), np.ones(1), np.zeros(50), np.ones(2), np.eye(1, 40, 20)[0]])
def test_few_onsets_give_few_beats(onsets):
    assert len(beats(onsets.astype(np.float32), sr=SR)) <= 1


@pytest.mark.parametrize("bpm", [80, 120])
def test_the_tempogram_repeats_at_the_beat(bpm):
    values = tempogram(onset_strength(Spectra(clicks(bpm), sr=SR)))
    assert values.shape == (384, 1 + 20 * SR // 512)
    rows = tempi(384, sr=SR)
    likely = np.flatnonzero((rows > 0.75 * bpm) & (rows < 1.5 * bpm))
    assert rows[likely[values[likely].mean(axis=1).argmax()]] == pytest.approx(bpm, rel=0.04)
    np.testing.assert_allclose(values[0].max(), 1.0)


def test_silence_has_no_tempo():
    assert not tempogram(np.zeros(100, np.float32)).any()
    assert tempo(onset_strength(Spectra(np.zeros(SR), sr=SR)), sr=SR) == 0.0


def test_equal_to_librosa(sound):
    import librosa

    onsets = onset_strength(Spectra(sound, sr=SR))
    expected = librosa.onset.onset_strength(y=sound, sr=SR, aggregate=np.median)
    np.testing.assert_allclose(onsets, expected, atol=2e-3)
    eight_seconds = librosa.feature.tempogram(onset_envelope=expected, sr=SR, win_length=344)
    _, fit = tempo_spectrum(expected, sr=SR)
    np.testing.assert_allclose(fit, eight_seconds.mean(axis=-1), atol=1e-5)
    assert tempo(onsets, sr=SR) == pytest.approx(float(np.squeeze(librosa.beat.beat_track(y=sound, sr=SR)[0])))
    theirs = librosa.beat.beat_track(y=sound, sr=SR, units="time")[1]
    np.testing.assert_allclose(beats(onsets, sr=SR), theirs, atol=512 / SR)  # within a frame; measured: the same frames
    np.testing.assert_allclose(tempogram(expected), librosa.feature.tempogram(onset_envelope=expected, sr=SR), atol=1e-5)
