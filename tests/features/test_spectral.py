import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.features import LogMel, Mel, Mfcc, Spectrogram, Spectrum
from genre_core.features.mel import hz_to_mel, mel_matrix, mel_to_hz
from genre_core.features.spectral import delta
from genre_core.features.stft import Spectra

SR = 22050


def nearest(values: np.ndarray, wanted: float) -> int:
    return int(np.abs(values - wanted).argmin())


@pytest.mark.parametrize("frequency_hz", [110.0, 440.0, 1000.0, 5000.0])
def test_a_sine_peaks_in_its_row(sine, frequency_hz):
    spectra = Spectra(sine(frequency_hz), sr=SR)
    for feature in (LogMel(), Mel(), Spectrogram(), Spectrum()):
        values = feature(spectra)
        frame = values if values.ndim == 1 else values[:, 20]
        assert abs(int(frame.argmax()) - nearest(feature.frequencies, frequency_hz)) <= 1


@pytest.mark.parametrize("feature", [LogMel(), Spectrogram(), Spectrum(scale="dB")])
def test_double_amplitude_adds_six_decibels(sound, feature):
    soft = feature(Spectra(0.5 * sound, sr=SR))
    loud = feature(Spectra(sound, sr=SR))
    above_floor = soft > max(soft.max() - 70, -90)
    np.testing.assert_allclose((loud - soft)[above_floor], 6.0206, atol=2e-3)


@pytest.mark.parametrize("amplitude", [0.01, 0.5, 1.0])
def test_the_spectrum_shows_a_sines_amplitude(sine, amplitude):
    at_a_bin = 100 * SR / 2048
    y = sine(at_a_bin, amplitude)
    assert Spectrum()(Spectra(y, sr=SR)).max() == pytest.approx(amplitude, rel=1e-4)
    assert Spectrum(scale="dB")(Spectra(y, sr=SR)).max() == pytest.approx(20 * np.log10(amplitude), abs=1e-3)


def test_the_spectrum_shows_a_constant_at_zero_hertz():
    values = Spectrum()(Spectra(np.full(SR, 0.25), sr=SR))
    assert values.argmax() == 0
    assert values[0] == pytest.approx(0.25, rel=1e-4)


def test_white_noise_is_flat():
    y = np.random.default_rng(0).normal(size=10 * SR)
    spectrum = Spectrum()(Spectra(y, sr=SR))[5:-5]
    assert spectrum.std() / spectrum.mean() < 0.1


def test_a_click_lies_at_its_time():
    y = np.zeros(SR, np.float32)
    y[SR // 2] = 1.0
    feature = Spectrogram(n_fft=512, hop_length=128)
    values = feature(Spectra(y, sr=SR))
    assert feature.times(values.shape[1])[values.sum(axis=0).argmax()] == pytest.approx(0.5, abs=128 / SR)


def test_log_mel_equals_librosa(sound):
    import librosa

    for values in ({}, {"n_mels": 40, "fmin": 50.0, "fmax": 8000.0, "n_fft": 1024, "hop_length": 256}):
        feature = LogMel(**values)
        power = librosa.feature.melspectrogram(y=sound, sr=SR, **values)
        np.testing.assert_allclose(feature(Spectra(sound, sr=SR)), librosa.power_to_db(power), atol=2e-3)


def test_mel_equals_librosa(sound):
    import librosa

    for values in ({}, {"n_mels": 40, "fmin": 50.0, "fmax": 8000.0, "n_fft": 1024, "hop_length": 256}):
        expected = librosa.feature.melspectrogram(y=sound, sr=SR, **values)
        np.testing.assert_allclose(Mel(**values)(Spectra(sound, sr=SR)), expected, rtol=1e-4, atol=1e-7 * expected.max())


def test_log_mel_is_the_same_whatever_was_computed_before(sound):
    alone, after = Spectra(sound, sr=SR), Spectra(sound, sr=SR)
    after.stft()
    np.testing.assert_allclose(LogMel()(alone), LogMel()(after), atol=2e-3)


@pytest.mark.parametrize("gain", [1e-4, 1.0, 30.0])
def test_log_mel_keeps_its_range_at_any_loudness(sound, gain):
    """80 dB below the loudest band single precision still agrees with double: both ends of the range scale with the clip."""
    import librosa

    y = (gain * sound).astype(np.float32)
    expected = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=SR))
    np.testing.assert_allclose(LogMel()(Spectra(y, sr=SR)), expected, atol=2e-3)


def test_a_steady_tone_does_not_drown_a_soft_one(sine):
    """70 dB apart and far from each other in frequency: the soft tone's band shows its own level."""
    loud, soft = sine(500.0, 0.9, 3.0), sine(6000.0, 0.9 * 10**-3.5, 3.0)
    feature = LogMel()
    band = nearest(feature.frequencies, 6000.0)
    together, alone = (feature(Spectra(y, sr=SR))[band, 30:90] for y in (loud + soft, soft))
    np.testing.assert_allclose(together, alone, atol=0.05)


def test_mfcc_equals_librosa(sound):
    import librosa

    mfcc = librosa.feature.mfcc(y=sound, sr=SR, n_mfcc=13)
    expected = np.concatenate([mfcc, librosa.feature.delta(mfcc), librosa.feature.delta(mfcc, order=2)])
    found = Mfcc(deltas="delta and delta-delta")(Spectra(sound, sr=SR))
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max(), rtol=1e-4)


def test_spectrogram_equals_librosa(sound):
    import librosa

    magnitude = np.abs(librosa.stft(sound))
    spectra = Spectra(sound, sr=SR)
    np.testing.assert_allclose(Spectrogram(scale="linear")(spectra), magnitude, atol=2e-6 * magnitude.max())
    # Decibels 80 below the loudest value magnify the rounding of single precision.
    np.testing.assert_allclose(Spectrogram()(spectra), librosa.amplitude_to_db(magnitude), atol=0.05)


@pytest.mark.parametrize(
    ("sr", "n_fft", "n_mels", "fmin", "fmax"), [(22050, 2048, 128, 0.0, 11025.0), (16000, 512, 64, 125.0, 7500.0)]
)
def test_mel_matrix_is_librosas(sr, n_fft, n_mels, fmin, fmax):
    import librosa

    expected = librosa.filters.mel(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax)
    np.testing.assert_allclose(mel_matrix(sr, n_fft, n_mels, fmin, fmax), expected, rtol=1e-5, atol=1e-9)


@given(st.floats(0.0, 24000.0))
def test_mel_and_back(hz):
    assert mel_to_hz(hz_to_mel(hz)) == pytest.approx(hz, abs=1e-6)


def test_a_kilohertz_is_fifteen_mel():
    assert hz_to_mel(1000.0) == pytest.approx(15.0)
    assert hz_to_mel(6400.0) == pytest.approx(42.0)


@pytest.mark.parametrize("n_frames", [9, 10, 40])
def test_slope_of_a_ramp_and_curvature_of_a_parabola(n_frames):
    t = np.arange(n_frames, dtype=np.float32)
    rows = np.stack([3 * t + 1, 0.5 * t**2])
    np.testing.assert_allclose(delta(rows[:1]), 3.0, rtol=1e-5)
    np.testing.assert_allclose(delta(rows[1:], order=2), 1.0, rtol=1e-4)


@pytest.mark.parametrize("n_frames", [1, 2, 8])
def test_delta_of_few_frames_repeats_the_outer_ones(n_frames):
    rows = np.arange(n_frames, dtype=np.float32)[None]
    padded = np.pad(rows, ((0, 0), (4, 4)), mode="edge")
    expected = [np.polyfit(np.arange(-4, 5), padded[0, k : k + 9], 1)[0] for k in range(n_frames)]
    np.testing.assert_allclose(delta(rows)[0], expected, atol=1e-6)


def test_delta_orders():
    with pytest.raises(ParameterError, match=r"order must be 1 \(slope\) or 2"):
        delta(np.ones((2, 20)), order=3)


@pytest.mark.parametrize(
    ("feature", "values", "words"),
    [
        (
            LogMel,
            {"fmax": 12000.0},
            r"highest frequency \(fmax\) must not exceed half the sample rate, 11025 Hz.*Received: fmax=12000",
        ),
        (
            LogMel,
            {"fmin": 5000.0, "fmax": 4000.0},
            r"lowest frequency \(fmin\) must lie below the highest \(fmax\), here 4000 Hz.*fmin=5000",
        ),
        (LogMel, {"fmin": 11025.0}, r"lowest frequency \(fmin\) must lie below the highest \(fmax\), here 11025 Hz"),
        (
            LogMel,
            {"n_fft": 512, "hop_length": 1024},
            r"hop \(hop_length\) must not exceed the FFT length \(n_fft\).*hop_length=1024, n_fft=512",
        ),
        (LogMel, {"n_fft": 1000}, "n_fft must be one of"),
        (
            Mfcc,
            {"n_mfcc": 41, "n_mels": 40},
            r"coefficients \(n_mfcc\) must not exceed the mel bands \(n_mels\): 40 bands give at most 40 coefficients.*n_mfcc=41",
        ),
        (Mfcc, {"deltas": "many"}, "deltas must be one of none"),
    ],
)
def test_impossible_parameters_say_so(feature, values, words):
    with pytest.raises(ParameterError, match=words):
        feature(**values)


def test_rows_and_units():
    feature = Mfcc(n_mfcc=2, deltas="delta and delta-delta")
    assert feature.rows == ("MFCC 1", "MFCC 2", "Δ MFCC 1", "Δ MFCC 2", "ΔΔ MFCC 1", "ΔΔ MFCC 2")
    assert Spectrogram().value_unit == "dB"
    assert Spectrogram(scale="linear").value_unit == "magnitude"
    assert LogMel().value_unit == "dB"


def test_a_transform_longer_than_the_sound_is_said():
    LogMel().check_length(2048)
    with pytest.raises(ParameterError, match=r"FFT length \(n_fft\) must not exceed the sound, here 2047 samples.*n_fft=2048"):
        LogMel().check_length(2047)
