import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.features.pitch import F0, most_likely_path
from genre_core.features.stft import Spectra

SR = 22050


def cents(found: np.ndarray, frequency_hz: float) -> np.ndarray:
    return 1200 * np.log2(found / frequency_hz)


@pytest.mark.parametrize("frequency_hz", [82.41, 220.0, 440.0, 1046.5])
def test_a_tone_has_its_pitch(frequency_hz):
    t = np.arange(2 * SR) / SR
    y = sum(0.3 / number * np.sin(2 * np.pi * number * frequency_hz * t) for number in range(1, 6))
    values = F0()(Spectra(y, sr=SR))[:, 4:-4]
    assert np.abs(cents(values[0], frequency_hz)).max() < 10
    assert values[1].min() > 0.6


def test_a_missing_fundamental_is_heard():
    t = np.arange(SR) / SR
    y = sum(np.sin(2 * np.pi * 200 * number * t) for number in (2, 3, 4, 5))
    assert np.abs(cents(F0()(Spectra(y, sr=SR))[0, 5:-5], 200.0)).max() < 10


def test_a_glide_is_followed():
    t = np.arange(3 * SR) / SR
    feature = F0()
    values = feature(Spectra(0.5 * np.sin(2 * np.pi * (200 + 50 * t) * t), sr=SR))[0]
    expected = 200 + 100 * feature.times(values.size)
    assert np.abs(cents(values[5:-5], expected[5:-5])).max() < 25


def test_where_the_tone_stops_the_pitch_stops(sine):
    y = np.concatenate([np.zeros(SR, np.float32), sine(330.0), np.zeros(SR, np.float32)])
    feature = F0()
    values = feature(Spectra(y, sr=SR))
    times = feature.times(values.shape[1])
    sounding = values[0] > 0
    assert sounding[(times > 1.1) & (times < 1.9)].all()
    assert not sounding[(times < 0.9) | (times > 2.1)].any()


def test_silence_has_no_pitch_and_noise_little():
    assert not F0()(Spectra(np.zeros(SR), sr=SR)).any()
    noise = F0()(Spectra(np.random.default_rng(0).normal(size=2 * SR), sr=SR))
    assert noise[1].mean() < 0.3


@pytest.mark.parametrize("key", [{}, {"fmin": 100.0, "fmax": 1000.0, "frame_length": 1024, "hop_length": 256}])
def test_equal_to_librosa(sound, key):
    """Measured: every frame on the same tenth of a semitone, probabilities 3e-8 apart at most."""
    import librosa

    y = sound[: 3 * SR]
    values = {"fmin": 65.0, "fmax": 2093.0, **key}
    frequency, _, probability = librosa.pyin(y, sr=SR, fill_na=0.0, **values)
    found = F0(**key)(Spectra(y, sr=SR))
    assert np.mean(np.isclose(found[0], frequency, rtol=1e-5)) >= 0.99
    np.testing.assert_allclose(found[1], probability, atol=1e-5)


def test_the_path_is_the_best_of_all():
    """Against every path of a tiny example."""
    rng = np.random.default_rng(3)
    n_frames, n_bins, reach = 4, 3, 1
    for _ in range(20):
        belief = rng.uniform(0, 0.33, (n_frames, n_bins))
        voiced = belief.sum(axis=1)
        near = np.array([[max(0.0, 1 - abs(i - j) / (reach + 1)) for j in range(n_bins)] for i in range(n_bins)])
        near /= near.sum(axis=1, keepdims=True)
        move = np.kron([[0.99, 0.01], [0.01, 0.99]], near)
        observed = np.hstack([belief, np.repeat((1 - voiced)[:, None] / n_bins, n_bins, axis=1)])
        paths = np.stack(np.meshgrid(*[np.arange(2 * n_bins)] * n_frames, indexing="ij"), axis=-1).reshape(-1, n_frames)
        chance = observed[0, paths[:, 0]]
        for frame in range(1, n_frames):
            chance = chance * move[paths[:, frame - 1], paths[:, frame]] * observed[frame, paths[:, frame]]
        best = paths[chance.argmax()]
        found = most_likely_path(belief, voiced, reach=reach)
        np.testing.assert_array_equal(found, np.where(best < n_bins, best, -1))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"fmax": 11500.0}, r"highest frequency \(fmax\) must not exceed half the sample rate, 11025 Hz.*fmax=11500"),
        ({"fmin": 500.0, "fmax": 400.0}, r"lowest frequency \(fmin\) must lie below the highest \(fmax\), here 400 Hz"),
        ({"fmin": 30.0, "frame_length": 512}, r"frame length \(frame_length\) must hold a period.*735 samples"),
        ({"frame_length": 512, "hop_length": 1024, "fmin": 100.0}, r"hop \(hop_length\) must not exceed the frame length"),
    ],
)
def test_impossible_parameters_say_so(values, words):
    with pytest.raises(ParameterError, match=words):
        F0(**values)


def test_rows():
    assert len(F0().rows) == F0().shape(SR)[0] == 2
