import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.errors import AudioError, ParameterError
from genre_core.features.stft import Spectra
from genre_core.resynthesis import griffin_lim, rebuild_from_magnitude
from tests.resynthesis.sounds import SR, level_db, noise, sine, song


def magnitude(y, **options):
    return Spectra(y, sr=SR).magnitude(**options)


def error_db(found, wanted):
    return 20 * np.log10(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


@pytest.mark.parametrize(("n_fft", "hop_length", "window"), [(2048, 512, "hann"), (1024, 300, "hamming"), (512, 128, "blackman")])
def test_equal_to_librosa_from_equal_phases(n_fft, hop_length, window):
    import librosa

    clip = song(seconds=1.0)
    wanted = magnitude(clip.y, n_fft=n_fft, hop_length=hop_length, window=window)
    expected = librosa.griffinlim(
        np.array(wanted),
        n_iter=6,
        hop_length=hop_length,
        window=window,
        length=clip.n_samples,
        random_state=np.random.default_rng(3),
    )
    found = griffin_lim(wanted, n_samples=clip.n_samples, hop_length=hop_length, window=window, n_iter=6, seed=3)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_each_ten_steps_come_nearer():
    clip = song()
    errors = []
    for n_iter in (1, 10, 30, 60):
        y = griffin_lim(magnitude(clip.y), n_samples=clip.n_samples, n_iter=n_iter)
        errors.append(error_db(magnitude(y), magnitude(clip.y)))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < -15


def test_momentum_is_quicker_than_the_old_way():
    clip = song()
    wanted = magnitude(clip.y)
    fast, old = (
        error_db(magnitude(griffin_lim(wanted, n_samples=clip.n_samples, n_iter=30, momentum=momentum)), wanted)
        for momentum in (0.99, 0.0)
    )
    assert fast < old - 1


def test_a_tone_comes_back_at_its_pitch_and_level():
    clip = sine(440.0, seconds=2.0)
    rebuilt = rebuild_from_magnitude(clip)
    assert rebuilt.n_samples == clip.n_samples
    assert level_db(rebuilt.y) == pytest.approx(level_db(clip.y), abs=0.1)
    spectrum = np.abs(np.fft.rfft(rebuilt.y * np.hanning(rebuilt.n_samples)))
    assert spectrum.argmax() * SR / rebuilt.n_samples == pytest.approx(440.0, abs=1.0)


@pytest.mark.parametrize("n_samples", [1, 511, 512, 2047, 3000])
def test_short_clips(n_samples):
    clip = Clip(noise().y[:n_samples], SR)
    rebuilt = rebuild_from_magnitude(clip, n_iter=3)
    assert rebuilt.n_samples == n_samples
    assert np.isfinite(rebuilt.y).all()


@pytest.mark.parametrize("hop_length", [1024, 2047, 2048])
def test_long_hops_raise_no_noise_at_the_borders_of_frames(hop_length):
    rebuilt = rebuild_from_magnitude(noise(), hop_length=hop_length, n_iter=5)
    assert rebuilt.peak < 12 * np.sqrt(np.mean(rebuilt.y**2))


def test_equal_seeds_make_equal_sound():
    clip = song(seconds=0.5)
    first, second, other = (rebuild_from_magnitude(clip, n_iter=4, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.y, second.y)
    assert np.abs(first.y - other.y).max() > 0.01


@pytest.mark.filterwarnings("error")
def test_silence_stays_silent():
    assert rebuild_from_magnitude(Clip(np.zeros(5000, np.float32), SR), n_iter=3).peak == 0


def test_progress_counts_every_step_and_may_stop():
    class StoppedError(Exception):
        pass

    seen = []
    rebuild_from_magnitude(noise(), n_iter=5, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(step, 5) for step in range(1, 6)]

    def stop(done, total):
        seen.append((done, total))
        if done == 2:
            raise StoppedError

    seen.clear()
    with pytest.raises(StoppedError):
        rebuild_from_magnitude(noise(), n_iter=5, progress=stop)
    assert len(seen) == 2


def test_what_does_not_belong_together_is_refused():
    wanted = magnitude(noise().y)
    with pytest.raises(ParameterError, match=r"44 frames.*which has 45"):
        griffin_lim(wanted, n_samples=45 * 512 - 1)
    with pytest.raises(ParameterError, match=r"hop_length must lie in \[1, n_fft\]"):
        rebuild_from_magnitude(noise(), hop_length=4096)
    with pytest.raises(ParameterError, match="finite and not negative"):
        griffin_lim(-wanted, n_samples=SR)
    with pytest.raises(ParameterError, match=r"shape \(4,\)"):
        griffin_lim(np.ones(4), n_samples=100)
    with pytest.raises(ParameterError, match="n_iter must be at least 1"):
        griffin_lim(wanted, n_samples=SR, n_iter=0)
    with pytest.raises(ParameterError, match=r"momentum must lie in \[0, 1\]"):
        griffin_lim(wanted, n_samples=SR, momentum=1.5)
    with pytest.raises(ParameterError, match="n_fft must be an even number"):
        rebuild_from_magnitude(noise(), n_fft=1001)
    with pytest.raises(AudioError, match="at least one sample"):
        rebuild_from_magnitude(Clip(np.zeros(0, np.float32), SR))
