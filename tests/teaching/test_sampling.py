import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.teaching.sampling import HEARD_AT, alias_hertz, every_nth, heard, quantised, sample_tone


@pytest.mark.parametrize(
    ("hertz", "alias"), [(1000, 1000), (4000, 4000), (5000, 3000), (7000, 1000), (8000, 0), (9000, 1000), (15000, 1000)]
)
def test_aliases_known_by_hand(hertz, alias):
    assert alias_hertz(hertz, sr=8000) == alias


@given(hertz=st.floats(0, 1e5), sr=st.sampled_from([8000, 11025, 22050]))
def test_an_alias_is_its_own_alias_and_lies_below_half_the_rate(hertz, sr):
    alias = alias_hertz(hertz, sr=sr)
    assert 0 <= alias <= sr / 2
    assert alias_hertz(alias, sr=sr) == pytest.approx(alias)
    assert alias_hertz(hertz + 3 * sr, sr=sr) == pytest.approx(alias, abs=1e-6)


@given(hertz=st.floats(0, 20000), sr=st.sampled_from([1000, 8000, 22050]))
def test_tone_and_alias_pass_through_the_same_samples(hertz, sr):
    sampled = sample_tone(hertz, sr=sr, seconds=0.01)
    np.testing.assert_allclose(np.cos(2 * np.pi * sampled.alias_hertz * sampled.seconds), sampled.samples, atol=1e-9)
    assert sampled.is_aliased == (hertz > sampled.nyquist_hertz)


def test_the_curve_is_the_tone_and_samples_are_where_they_are_said_to_be():
    sampled = sample_tone(100.0, sr=1000, seconds=0.01, points=11)
    np.testing.assert_allclose(sampled.seconds, np.arange(11) / 1000)
    np.testing.assert_allclose(sampled.samples, sampled.curve, atol=1e-12)


@pytest.mark.parametrize(("hertz", "sr"), [(1000, 8000), (7000, 8000), (3000, 22050), (900, 1000)])
def test_the_alias_is_what_is_heard(hertz, sr):
    clip = heard(hertz, sr=sr)
    assert clip.sr == HEARD_AT
    middle = clip.y[10000:32050] * np.hanning(22050)  # bins of 2 Hz
    loudest = np.abs(np.fft.rfft(middle)).argmax() * HEARD_AT / 22050
    assert loudest == pytest.approx(alias_hertz(hertz, sr=sr), abs=2)


def test_every_fourth_sample_folds_a_high_tone_down_unless_it_is_filtered_first():
    time = np.arange(44100) / 22050
    clip = Clip(0.5 * np.sin(2 * np.pi * 5000 * time), 22050)
    folded, clean = every_nth(clip, 4)
    spectrum = np.abs(np.fft.rfft(folded.y[11025:33075] * np.hanning(22050)))
    assert spectrum.argmax() == pytest.approx(alias_hertz(5000, sr=22050 / 4), abs=1)
    assert folded.sr == clean.sr == 22050
    assert abs(clean.y[5000:-5000]).max() < 1e-3 < abs(folded.y).max()
    np.testing.assert_allclose(every_nth(clip, 1)[0].y, clip.y, atol=1e-3)


@pytest.mark.parametrize("bits", [4, 8, 12])
def test_each_bit_is_worth_six_decibels(bits):
    y = np.sin(2 * np.pi * 0.0123456 * np.arange(200_000))
    noise = quantised(y, bits) - y
    assert 10 * np.log10(np.mean(y**2) / np.mean(noise**2)) == pytest.approx(6.02 * bits + 1.76, abs=0.6)
    assert np.unique(quantised(y, bits)).size <= 2**bits


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: alias_hertz(float("nan"), sr=8000), r"The frequency must lie in \[0, 1e\+06\] Hz\. Received: nan\."),
        (lambda: sample_tone(100, sr=50, seconds=1), r"The sample rate must lie in \[100, 192000\] Hz\. Received: 50\."),
        (lambda: sample_tone(100, sr=8000, seconds=0), r"The length must lie in"),
        (lambda: quantised(np.zeros(3), 0), r"The number of bits must lie in \[1, 24\]\. Received: 0\."),
        (lambda: every_nth(Clip(np.zeros(8000), 8000), 9), r"n a whole number from 1 to 8 at 8000 Hz\. Received: n=9\."),
    ],
)
def test_what_cannot_be_sampled_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
