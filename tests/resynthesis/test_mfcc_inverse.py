import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.mel import log_mel
from genre_core.features.spectral import Mfcc
from genre_core.features.stft import Spectra
from genre_core.resynthesis import rebuild_from_mfcc
from genre_core.resynthesis.mfcc_inverse import outline
from tests.resynthesis.sounds import SR, level_db, noise, song, voice


def bands(y, **options):
    return log_mel(Spectra(y, sr=SR), **options)


def pitch_strength(y, pitch_hz):
    """Autocorrelation at one period of the pitch, 1 for a sound that repeats exactly."""
    middle = y[SR // 4 : -SR // 4].astype(np.float64)
    lag = round(SR / pitch_hz)
    return float(np.corrcoef(middle[:-lag], middle[lag:])[0, 1])


def test_all_coefficients_keep_the_bands():
    clip = song()
    rebuilt = rebuild_from_mfcc(clip, n_mfcc=128)
    off = np.abs(bands(rebuilt.y) - bands(clip.y))
    assert np.median(off) < 2.0
    np.testing.assert_allclose(outline(bands(clip.y), 128), bands(clip.y), atol=1e-3)


def test_fewer_coefficients_keep_less():
    clip = song()
    off = [np.mean(np.abs(bands(rebuild_from_mfcc(clip, n_mfcc=n_mfcc).y) - bands(clip.y))) for n_mfcc in (1, 5, 13, 128)]
    assert off == sorted(off, reverse=True)


def test_the_outline_has_the_coefficients_of_the_feature():
    clip = song(seconds=0.5)
    smooth = outline(bands(clip.y), 13)
    import scipy.fft

    found = scipy.fft.dct(smooth, axis=0, type=2, norm="ortho")
    np.testing.assert_allclose(found[:13], Mfcc(n_mfcc=13).of(clip), atol=1e-2)
    np.testing.assert_allclose(found[13:], 0, atol=1e-2)


def test_thirteen_keep_the_formants_and_lose_the_pitch():
    clip = voice(200.0)
    rebuilt = rebuild_from_mfcc(clip, n_mfcc=13, n_mels=40)
    assert pitch_strength(clip.y, 200.0) > 0.95
    assert pitch_strength(rebuilt.y, 200.0) < 0.6
    wanted, found = (bands(y, n_mels=40).mean(axis=1) for y in (clip.y, rebuilt.y))
    loud = outline(wanted[:, None], 13)[:, 0] > wanted.max() - 40
    assert np.corrcoef(outline(wanted[:, None], 13)[loud, 0], found[loud])[0, 1] > 0.9


def test_all_forty_keep_more_of_the_pitch_than_thirteen():
    clip = voice(200.0)
    few, all_of_them = (pitch_strength(rebuild_from_mfcc(clip, n_mfcc=n_mfcc, n_mels=128).y, 200.0) for n_mfcc in (13, 128))
    assert few < all_of_them - 0.2


def test_noise_with_a_formant_keeps_its_outline():
    from genre_core.resynthesis import band_pass

    clip = band_pass(noise(seconds=1.5), low_hz=800, high_hz=1600)
    rebuilt = rebuild_from_mfcc(clip)
    spectrum, hz = np.abs(np.fft.rfft(rebuilt.y)) ** 2, np.fft.rfftfreq(rebuilt.n_samples, 1 / SR)
    assert spectrum[(hz > 500) & (hz < 2300)].sum() > 0.9 * spectrum.sum()


def test_loudness_length_and_rate_are_those_of_the_region():
    for gain in (0.01, 1.0):
        clip = Clip(song().y * np.float32(gain), SR)
        rebuilt = rebuild_from_mfcc(clip)
        assert level_db(rebuilt.y) == pytest.approx(level_db(clip.y), abs=0.5)
        assert (rebuilt.n_samples, rebuilt.sr) == (clip.n_samples, SR)
    loud = Clip(np.sign(song().y), SR)
    assert rebuild_from_mfcc(loud, n_iter=4).peak <= 1.0


def test_rhythm_is_kept():
    """Where the song strikes, what thirteen coefficients keep strikes too."""
    clip = song()
    loudness = [
        np.sqrt(np.mean(y[: y.size // 512 * 512].reshape(-1, 512) ** 2, axis=1)) for y in (clip.y, rebuild_from_mfcc(clip).y)
    ]
    assert np.corrcoef(*loudness)[0, 1] > 0.6


@pytest.mark.parametrize("n_mfcc", [0, 41])
def test_more_coefficients_than_bands_are_refused(n_mfcc):
    with pytest.raises(ParameterError, match=rf"n_mfcc must lie in \[1, n_mels\].*Received: n_mfcc={n_mfcc}"):
        rebuild_from_mfcc(noise(), n_mfcc=n_mfcc, n_mels=40)
