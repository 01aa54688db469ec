"""What each transform does to a sound whose fate is known."""

import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.spectral import Spectrum
from genre_core.inspection import mp3
from genre_core.inspection.transforms import (
    TRANSFORMS,
    Gain,
    LowPass,
    Mp3,
    Noise,
    Pitch,
    Shelf,
    Stretch,
    Trim,
    chosen_transforms,
)
from tests.resynthesis.sounds import SR, noise, sine, song


def level_db(clip: Clip) -> float:
    middle = clip.y[clip.n_samples // 4 : 3 * clip.n_samples // 4]
    return float(10 * np.log10(np.mean(np.square(middle, dtype=np.float64)) + 1e-20))


def strongest_hz(clip: Clip) -> float:
    length = 16 * clip.n_samples  # a finer grid than the sound's own
    spectrum = np.abs(np.fft.rfft(clip.y * np.hanning(clip.n_samples), length))
    return float(spectrum.argmax() * clip.sr / length)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_each_transform_gives_a_clip_again_the_same_one_each_time(name):
    transform, clip = TRANSFORMS[name], song(seconds=2)
    copy = transform(clip)
    assert copy.sr == clip.sr
    assert copy.y.dtype == np.float32
    assert np.isfinite(copy.y).all()
    assert 0 < copy.peak <= 1.0 + 1e-5
    assert copy.sha256 == transform(clip).sha256 != clip.sha256
    assert transform.title
    assert type(transform).__doc__


@pytest.mark.parametrize("name", TRANSFORMS)
def test_silence_stays_silence(name):
    assert TRANSFORMS[name](Clip(np.zeros(SR), SR)).peak < 1e-4


def test_the_table_names_each_change_once():
    assert len({transform.title for transform in TRANSFORMS.values()}) == len(TRANSFORMS)
    assert TRANSFORMS["softer"].title == "12 dB softer"
    assert TRANSFORMS["duller"].title == "treble \u22126 dB"
    assert TRANSFORMS["slower"].title == "6 % slower"
    assert TRANSFORMS["lower"].title == "a semitone lower"


@pytest.mark.parametrize("gain_db", [-12.0, 6.0])
def test_gain_adds_its_decibels(gain_db):
    clip = sine(440, amplitude=0.1)
    assert level_db(Gain(gain_db)(clip)) - level_db(clip) == pytest.approx(gain_db, abs=1e-3)


def test_what_would_leave_full_scale_is_held_and_not_cut_off():
    louder = Gain(6.0)(sine(440, amplitude=0.9))
    assert louder.peak <= 1.0
    at_the_top = np.mean(np.abs(louder.y) > 0.999)
    assert at_the_top < 0.05  # a sine that is cut off at half its height stays there two thirds of the time


@pytest.mark.parametrize("gain_db", [6.0, -6.0])
def test_a_shelf_moves_the_treble_alone(gain_db):
    for hertz, change in ((200, 0.0), (2000, gain_db / 2), (6000, gain_db)):
        clip = sine(hertz, amplitude=0.1)
        assert level_db(Shelf(gain_db)(clip)) - level_db(clip) == pytest.approx(change, abs=0.05)


@pytest.mark.parametrize(("limit_hz", "kept", "gone"), [(8000, 7000, 8500), (4000, 3500, 4300)])
def test_a_low_pass_keeps_what_lies_below_and_nothing_above(limit_hz, kept, gone):
    through = LowPass(limit_hz)
    assert level_db(through(sine(kept))) == pytest.approx(level_db(sine(kept)), abs=0.1)
    assert level_db(through(sine(gone))) < level_db(sine(gone)) - 80
    assert through(sine(kept)).n_samples == sine(kept).n_samples


def test_a_low_pass_above_what_the_rate_holds_changes_nothing():
    clip = sine(440, sr=16000)
    assert LowPass(8000)(clip) is clip


def test_a_low_pass_stays_in_time():
    clip = sine(100, seconds=2, amplitude=0.2)
    clip = Clip(clip.y * (1 + sine(3, seconds=2).y), SR)  # below the limit, and nowhere alike
    assert np.abs(LowPass(4000)(clip).y - clip.y)[SR // 4 : -SR // 4].max() < 1e-4


@pytest.mark.parametrize("snr_db", [20.0, 0.0])
def test_noise_lies_as_far_below_as_it_says(snr_db):
    clip = sine(440, amplitude=0.2)
    added = Noise(snr_db)(clip).y - clip.y
    ratio = np.mean(np.square(clip.y, dtype=float)) / np.mean(np.square(added, dtype=float))
    assert 10 * np.log10(ratio) == pytest.approx(snr_db, abs=0.01)
    spectrum = Spectrum().of(Clip(added, SR))
    assert spectrum.std() < 10  # white: no band stands out as the tone does


def test_each_sound_has_noise_of_its_own():
    one, other = sine(440), sine(441)
    first, second = Noise(20.0)(one).y - one.y, Noise(20.0)(other).y - other.y
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05


def test_mp3_sounds_like_its_source_and_stays_in_time():
    clip = song(seconds=3)
    copy = Mp3(64)(clip)
    assert copy.n_samples == clip.n_samples
    assert np.corrcoef(clip.y, copy.y)[0, 1] > 0.98
    assert np.corrcoef(clip.y[:-200], copy.y[200:])[0, 1] < 0.9
    lost = [level_db(Clip(TRANSFORM(clip).y - clip.y, SR)) for TRANSFORM in (Mp3(32), Mp3(64), Mp3(128))]
    assert lost == sorted(lost, reverse=True)  # fewer bits, more lost


def test_mp3_of_a_rate_that_it_does_not_know():
    clip = sine(440, sr=18000)
    copy = Mp3(64)(clip)
    assert (copy.sr, copy.n_samples) == (18000, clip.n_samples)
    assert strongest_hz(copy) == pytest.approx(440, abs=1)


def test_a_machine_without_an_encoder_says_so_before_anything_is_heard(monkeypatch):
    monkeypatch.setattr(mp3, "ENCODER", "no_such_encoder")
    with pytest.raises(ParameterError, match=r"need FFmpeg's encoder no_such_encoder. Received: an FFmpeg without it"):
        Mp3(64)(sine(440))
    with pytest.raises(ParameterError, match="Or leave 'mp3' out: --transforms softer,louder,"):
        chosen_transforms()
    assert list(chosen_transforms(["noise", "softer"])) == ["softer", "noise"]


@pytest.mark.parametrize(("rate", "seconds"), [(0.94, 2 / 0.94), (1.06, 2 / 1.06)])
def test_a_stretch_changes_the_length_and_not_the_pitch(rate, seconds):
    copy = Stretch(rate)(sine(440, seconds=2))
    assert copy.seconds == pytest.approx(seconds, abs=1e-3)
    assert strongest_hz(copy) == pytest.approx(440, abs=1)


@pytest.mark.parametrize(("semitones", "hertz"), [(1.0, 466.16), (-1.0, 415.30), (12.0, 880.0)])
def test_pitch_moves_a_and_keeps_the_length(semitones, hertz):
    clip = sine(440, seconds=2)
    copy = Pitch(semitones)(clip)
    assert copy.n_samples == clip.n_samples
    assert strongest_hz(copy) == pytest.approx(hertz, rel=2e-3)


def test_trim_keeps_the_middle():
    clip = Clip(np.arange(30 * 100, dtype=np.float32), 100)
    assert Trim(5.0)(clip).y.tolist() == list(range(500, 2500))
    assert Trim(5.0)(Clip(np.arange(800, dtype=np.float32), 100)).y.tolist() == list(range(200, 600))


def test_a_name_that_is_none_is_answered_with_the_names():
    with pytest.raises(ParameterError, match=r"There is no transform named 'lowpass'. Choose one of: brighter, duller"):
        chosen_transforms(["lowpass"])


def test_noise_is_loud_enough_to_be_heard():
    assert level_db(Noise(20.0)(noise(amplitude=0.1))) > level_db(noise(amplitude=0.1))
