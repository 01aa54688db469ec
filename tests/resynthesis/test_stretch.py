import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.resynthesis import stretch
from tests.resynthesis.sounds import SR, impulses, level_db, noise, sine, song

RATES = (0.25, 0.5, 0.8, 1.3, 2.0)
every_rate = pytest.mark.parametrize("rate", RATES)


def loudest_hz(y, sr=SR):
    spectrum = np.abs(np.fft.rfft(y * np.hanning(y.size), 2**19))
    return spectrum.argmax() * sr / 2**19


@every_rate
@pytest.mark.parametrize("sr", [8000, 22050, 44100])
def test_a_tone_keeps_its_pitch_and_height(rate, sr):
    slow = stretch(sine(440.0, seconds=2.0, sr=sr), rate=rate)
    assert slow.sr == sr
    middle = slow.y[slow.n_samples // 4 : -slow.n_samples // 4]
    assert loudest_hz(middle, sr) == pytest.approx(440.0, abs=0.2)
    assert level_db(middle) == pytest.approx(level_db(sine(440.0).y), abs=0.2)


@every_rate
def test_the_length_is_that_of_the_rate(rate):
    for n_samples in (1, 100, 5000, 22051):
        clip = Clip(noise().y[:1].repeat(n_samples), SR)
        assert stretch(clip, rate=rate).n_samples == max(1, round(n_samples / rate))


@every_rate
def test_hits_stay_in_place_and_stay_single(rate):
    places = [40, 3000, 9000, 20000, 31000, 43900]
    y = stretch(impulses(places), rate=rate).y
    for place in places:
        first = max(0, round(place / rate) - 600)
        around = y[first : round(place / rate) + 600]
        assert abs(first + np.abs(around).argmax() - place / rate) <= 0.001 * SR
        assert np.sort(np.abs(around))[-2] < 0.2 * np.abs(around).max()


@every_rate
def test_noise_keeps_its_level(rate):
    assert level_db(stretch(noise(seconds=2.0), rate=rate).y) == pytest.approx(level_db(noise(seconds=2.0).y), abs=1.0)


@every_rate
def test_loudness_over_time_is_that_of_the_song(rate):
    """About as near to it as librosa's vocoder comes, or nearer."""
    import librosa

    def levels(y, seconds):
        width = round(seconds * SR)
        return np.array([level_db(y[first : first + width]) for first in range(0, y.size - width + 1, width)])

    clip = song()
    wanted = levels(clip.y, 0.05)
    found, other = (levels(y, 0.05 / rate) for y in (stretch(clip, rate=rate).y, librosa.effects.time_stretch(clip.y, rate=rate)))
    shared = min(map(len, (wanted, found, other)))
    error, reference = (np.median(np.abs(y[:shared] - wanted[:shared])) for y in (found, other))
    assert error < 1.5
    assert error <= reference + 0.5


def test_rate_one_is_the_clip():
    np.testing.assert_array_equal(stretch(song(), rate=1).y, song().y)


def test_there_and_back_is_nearly_the_sound():
    clip = sine(440.0, seconds=2.0)
    back = stretch(stretch(clip, rate=0.5), rate=2.0)
    inside = slice(SR // 2, -SR // 2)
    correlation = np.corrcoef(np.abs(np.fft.rfft(back.y[inside])), np.abs(np.fft.rfft(clip.y[inside])))[0, 1]
    assert correlation > 0.999


@pytest.mark.filterwarnings("error")
def test_silence_stays_silent():
    assert stretch(Clip(np.zeros(9000, np.float32), SR), rate=0.5).peak == 0


def test_full_scale_is_not_left():
    loud = Clip(np.sign(song().y), SR)
    assert stretch(loud, rate=0.7).peak <= 1.0


@pytest.mark.parametrize("rate", [0.0, 0.2, 2.1, -1.0, np.nan])
def test_rates_out_of_range_are_refused(rate):
    with pytest.raises(ParameterError, match=r"rate must lie in \[0.25, 2\].*Received: rate="):
        stretch(noise(), rate=rate)
