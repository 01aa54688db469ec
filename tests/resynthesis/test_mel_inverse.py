import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.mel import log_mel, mel_matrix, mel_power
from genre_core.features.stft import Spectra
from genre_core.resynthesis import magnitude_from_mel, rebuild_from_mel
from tests.resynthesis.sounds import SR, level_db, noise, song, voice


def in_db(power):
    return 10 * np.log10(power + 1e-10)


@pytest.mark.parametrize("n_mels", [20, 40, 128, 256])
def test_the_bands_of_what_is_found_are_the_bands(n_mels):
    bands = mel_power(Spectra(song().y, sr=SR), n_mels=n_mels)
    magnitude = magnitude_from_mel(bands, sr=SR, n_fft=2048)
    assert magnitude.shape == (1025, bands.shape[1])
    assert magnitude.dtype == np.float32
    assert magnitude.min() >= 0
    filters = mel_matrix(SR, 2048, n_mels, 0.0, SR / 2)
    filled = filters.any(axis=1)
    off = np.abs(in_db(filters @ magnitude**2) - in_db(bands))[filled]
    assert np.median(off) < 0.01
    assert np.percentile(off, 95) < 1.0


def test_not_worse_than_librosas_least_squares():
    """Measured as the ear does, in decibels of each band; soft bands are where least squares lets go."""
    import librosa

    bands = mel_power(Spectra(song(seconds=0.3).y, sr=SR))
    filters = mel_matrix(SR, 2048, 128, 0.0, SR / 2)
    theirs = librosa.feature.inverse.mel_to_stft(bands, sr=SR)
    ours = magnitude_from_mel(bands, sr=SR, n_fft=2048)
    off = [np.mean(np.abs(in_db(filters @ found**2) - in_db(bands))) for found in (ours, theirs)]
    assert off[0] <= off[1]


@given(fmin=st.floats(0, 3000), width=st.floats(500, 8000), n_mels=st.integers(1, 60))
@settings(max_examples=20)
def test_nothing_sounds_outside_the_bands(fmin, width, n_mels):
    fmax = min(fmin + width, SR / 2)
    bands = mel_power(Spectra(noise(seconds=0.1).y, sr=SR), n_mels=n_mels, fmin=fmin, fmax=fmax)
    magnitude = magnitude_from_mel(bands, sr=SR, n_fft=2048, fmin=fmin, fmax=fmax)
    bins = np.fft.rfftfreq(2048, 1 / SR)
    assert np.isfinite(magnitude).all()
    assert not magnitude[(bins < fmin - 11) | (bins > fmax + 11)].any()


def test_the_log_mel_of_the_sound_is_kept():
    clip = song()
    rebuilt = rebuild_from_mel(clip)
    off = np.abs(log_mel(Spectra(rebuilt.y, sr=SR)) - log_mel(Spectra(clip.y, sr=SR)))
    assert np.median(off) < 2.0
    assert level_db(rebuilt.y) == pytest.approx(level_db(clip.y), abs=0.1)
    assert (rebuilt.n_samples, rebuilt.sr) == (clip.n_samples, SR)


def test_few_bands_lose_the_pitch_that_many_keep():
    clip = voice(200.0)
    lag = round(SR / 200.0)

    def pitch_strength(n_mels):
        middle = rebuild_from_mel(clip, n_mels=n_mels).y[SR // 4 : -SR // 4]
        return np.corrcoef(middle[:-lag], middle[lag:])[0, 1]

    assert pitch_strength(16) < 0.5 * pitch_strength(128)


def test_rates_of_their_own_and_short_clips():
    for sr in (8000, 44100, 17321):
        assert rebuild_from_mel(Clip(noise().y, sr), n_mels=40, n_iter=2).sr == sr
    for n_samples in (1, 100):
        assert rebuild_from_mel(Clip(noise().y[:n_samples], SR), n_iter=2).n_samples == n_samples


@pytest.mark.filterwarnings("error")
def test_silence_stays_silent():
    assert rebuild_from_mel(Clip(np.zeros(5000, np.float32), SR), n_iter=2).peak < 1e-3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_mels": 0}, "n_mels must be at least 1"),
        ({"fmax": 12000.0}, r"fmax must lie in \[0, 11025\]"),
        ({"fmin": 5000.0, "fmax": 4000.0}, "fmin must lie below fmax, here 4000 Hz"),
        ({"fmin": -1.0}, "not below 0"),
        ({"n_fft": 512, "hop_length": 1024}, "sound between frames would be lost"),
    ],
)
def test_impossible_bands_are_refused(options, words):
    with pytest.raises(ParameterError, match=words):
        rebuild_from_mel(noise(), **options)
