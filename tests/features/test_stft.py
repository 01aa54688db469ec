import numpy as np
import pytest
import scipy.fft
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import AudioError, ParameterError
from genre_core.features.stft import WINDOWS, Spectra, istft, window_values

SR = 22050


def test_a_sine_peaks_in_its_bin(sine):
    magnitude = Spectra(sine(440.0), sr=SR).magnitude()
    assert magnitude[:, 20].argmax() == round(440 * 2048 / SR)


def test_equal_to_librosa(sound):
    import librosa

    for n_fft, hop_length in ((2048, 512), (1024, 300), (512, 512)):
        expected = librosa.stft(sound, n_fft=n_fft, hop_length=hop_length)
        found = Spectra(sound, sr=SR).stft(n_fft=n_fft, hop_length=hop_length)
        assert found.dtype == np.complex64
        np.testing.assert_allclose(found, expected, atol=2e-6 * np.abs(expected).max())


@pytest.mark.filterwarnings("ignore:n_fft=2048 is too large")
@pytest.mark.parametrize("n_samples", [1, 511, 512, 1023, 1025, 2047, 2048, 2049, 3000])
def test_short_clips_equal_librosa(n_samples):
    import librosa

    y = np.random.default_rng(0).normal(size=n_samples).astype(np.float32)
    np.testing.assert_allclose(Spectra(y, sr=SR).stft(), librosa.stft(y), atol=1e-4)


@pytest.mark.parametrize("window", [window for window in WINDOWS if window != "ones"])
def test_windows_are_scipys(window):
    np.testing.assert_allclose(window_values(window, 1024), scipy.signal.get_window(window, 1024), atol=1e-7)


def test_unknown_window_lists_those_there_are():
    with pytest.raises(ParameterError, match=r"no window named 'hanning'.*blackman, hamming, hann, ones"):
        Spectra(np.ones(100), sr=SR).stft(window="hanning")


def test_each_transform_is_computed_once(monkeypatch):
    calls = []
    rfft = scipy.fft.rfft
    monkeypatch.setattr(scipy.fft, "rfft", lambda *args, **kwargs: calls.append(1) or rfft(*args, **kwargs))
    spectra = Spectra(np.ones(4000), sr=SR)
    first = spectra.stft()
    assert len(calls) == 1
    assert spectra.stft() is first
    assert spectra.magnitude() is spectra.magnitude()
    assert spectra.power() is spectra.power()
    assert len(calls) == 1
    spectra.stft(hop_length=256)
    assert len(calls) == 2


def test_power_is_the_same_with_and_without_the_complex_spectrum(sound):
    alone, after = Spectra(sound, sr=SR), Spectra(sound, sr=SR)
    after.stft()
    np.testing.assert_array_equal(alone.power(), after.power())


@pytest.mark.parametrize(("n_fft", "hop_length", "window"), [(2048, 512, "hann"), (512, 128, "blackman"), (8192, 300, "ones")])
def test_power_in_parts_is_the_power(sound, n_fft, hop_length, window):
    key = {"n_fft": n_fft, "hop_length": hop_length, "window": window}
    expected = Spectra(sound, sr=SR).power(**key)
    found = np.full_like(expected, np.nan)
    for frames, power in Spectra(sound, sr=SR).power_in_parts(**key):
        assert power.dtype == np.float32
        found[:, frames] = power
    largest = np.sqrt(expected.max(axis=0))  # single precision rounds each frame by its own largest magnitude
    assert (np.abs(np.sqrt(found) - np.sqrt(expected)) <= 1e-6 * largest + 1e-9).all()


def test_power_in_parts_takes_the_spectrum_that_is_there(sound):
    for leave_behind in (Spectra.stft, Spectra.power):
        spectra = Spectra(sound, sr=SR)
        leave_behind(spectra)
        ((frames, power),) = spectra.power_in_parts()
        assert frames == slice(None)
        assert power is spectra.power()


@pytest.mark.parametrize("n_samples", [1, 512, 511 * 512, 512 * 512, 513 * 512, 1030 * 512])
def test_parts_join_without_gap_or_overlap(n_samples):
    parts = [(frames, power.shape) for frames, power in Spectra(np.ones(n_samples), sr=SR).power_in_parts()]
    total = 1 + n_samples // 512
    assert [index for frames, _ in parts for index in range(*frames.indices(total))] == list(range(total))
    assert all(shape == (1025, frames.stop - frames.start) for frames, shape in parts)


def test_shared_arrays_cannot_be_written(sound):
    with pytest.raises(ValueError, match="read-only"):
        Spectra(sound, sr=SR).magnitude()[0, 0] = 1.0


@given(n_samples=st.integers(1, 9000), hop_length=st.sampled_from([128, 300]), window=st.sampled_from(["hann", "hamming"]))
@settings(max_examples=25)
def test_istft_gives_the_clip_back(n_samples, hop_length, window):
    y = np.random.default_rng(n_samples).normal(size=n_samples).astype(np.float32)
    stft = Spectra(y, sr=SR).stft(n_fft=1024, hop_length=hop_length, window=window)
    np.testing.assert_allclose(
        istft(stft, n_samples, hop_length=hop_length, window=window), y, atol=2e-4
    )  # a sample is divided by little window near an end


def test_what_no_spectrum_has_is_refused():
    with pytest.raises(AudioError, match="at least one sample") as caught:
        Spectra(np.zeros(0), sr=SR)
    assert caught.value.kind == "no_samples"
    with pytest.raises(AudioError, match="NaN") as caught:
        Spectra(np.array([0.0, np.nan]), sr=SR)
    assert caught.value.kind == "not_finite"
    with pytest.raises(ParameterError, match=r"shape \(2, 5\)"):
        Spectra(np.zeros((2, 5)), sr=SR)


@pytest.mark.parametrize("n_fft", [0, 1, 1001])
def test_a_frame_needs_two_equal_halves(sine, n_fft: int) -> None:
    for transform in (Spectra(sine(440.0), sr=SR).stft, Spectra(sine(440.0), sr=SR).power):
        with pytest.raises(ParameterError, match=f"n_fft is even. Received: n_fft={n_fft}"):
            transform(n_fft=n_fft)
