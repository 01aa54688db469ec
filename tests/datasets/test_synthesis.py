"""Synthesised music, judged by its physics: pitch, tempo, level, and sameness where it is promised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.datasets.synthesis import STYLES, compose, effects, synthesise
from genre_core.datasets.synthesis.drums import KITS, steps, strokes
from genre_core.datasets.synthesis.instruments import INSTRUMENTS
from genre_core.datasets.synthesis.oscillators import SR, decay, hertz, pluck
from genre_core.datasets.synthesis.theory import NOTE_NAMES, chord, near, progression, voicing
from genre_core.errors import ParameterError
from genre_core.features.rhythm import onset_strength
from genre_core.features.stft import Spectra

UNPITCHED_FUNDAMENTAL = {"bell", "vibraphone"}  # their strongest partial is not the note's own


def _fundamental(y: np.ndarray, expected_hz: float) -> float:
    """Lag of the autocorrelation's peak within a third of an octave of what is expected, as frequency [Hz]."""
    spectrum = np.abs(np.fft.rfft(y * np.hanning(y.size), 4 * y.size)) ** 2
    r = np.fft.irfft(spectrum)
    low, high = int(SR / (expected_hz * 1.12)), int(np.ceil(SR / (expected_hz * 0.89)))
    lag = low + int(np.argmax(r[low : high + 1]))
    left, middle, right = r[lag - 1 : lag + 2]
    return SR / (lag + 0.5 * (left - right) / (left - 2 * middle + right))


@pytest.mark.parametrize("name", sorted(set(INSTRUMENTS) - UNPITCHED_FUNDAMENTAL))
@pytest.mark.parametrize("pitch", [45, 69])
def test_every_instrument_is_in_tune(name, pitch):
    y = INSTRUMENTS[name].note(pitch, True)[int(0.1 * SR) : int(0.5 * SR)]
    cents = 1200 * np.log2(_fundamental(y, hertz(pitch)) / hertz(pitch))
    assert abs(cents) < 20


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_every_instrument_starts_softly_and_stays_finite(name):
    y = INSTRUMENTS[name].note(60, False)
    assert y.dtype == np.float32
    assert np.isfinite(y).all()
    assert abs(y[0]) < 0.02 * np.abs(y).max()


def test_a_plucked_string_dies_away_and_its_high_partials_first():
    y = pluck(220.0, 2 * SR, t60_seconds=2.0, damping=1.0)
    early, late = (np.abs(np.fft.rfft(part * np.hanning(part.size))) for part in (y[: SR // 2], y[SR : 3 * SR // 2]))
    fall = [
        20 * np.log10(early[order * 110 - 3 : order * 110 + 4].max() / late[order * 110 - 3 : order * 110 + 4].max())
        for order in (1, 4)
    ]
    assert fall[0] == pytest.approx(30, abs=4)  # 60 dB in 2 s are 30 dB in 1 s; the loop's filter adds a little
    assert fall[1] > fall[0] + 3


def test_decay_falls_by_60_db_in_its_time():
    assert 20 * np.log10(decay(SR + 1, 1.0)[SR]) == pytest.approx(-60, abs=0.01)


@pytest.mark.parametrize("kit", sorted(KITS))
def test_drums_are_short_finite_and_within_scale(kit):
    for sound in strokes(KITS[kit], np.random.default_rng(0)).values():
        assert np.isfinite(sound).all()
        assert 0 < sound.size < 2.5 * SR
        assert np.abs(sound).max() < 2.5


def test_chords_by_roman_numeral():
    assert chord("ii7") == (2, (0, 3, 7, 10))
    assert chord("bVII") == (10, (0, 4, 7))
    assert chord("i5").tones == (0, 7, 12)
    assert [c.root for c in progression("I V vi IV")] == [0, 7, 9, 5]
    with pytest.raises(ParameterError, match="Received: 'H7'"):
        chord("H7")


@given(pitch=st.integers(0, 120), centre=st.floats(20, 100))
def test_near_keeps_the_pitch_class_and_stays_within_half_an_octave(pitch, centre):
    found = near(pitch, centre)
    assert (found - pitch) % 12 == 0
    assert abs(found - centre) <= 6 * (1 + 1e-12)  # what is half an octave away may be rounded to either side


def test_a_voicing_holds_the_chord_and_nothing_else():
    assert {int(pitch) % 12 for pitch in voicing(chord("V7"), 9, 60)} == {4, 8, 11, 2}


def test_steps_read_a_line():
    assert steps("X... | ..x.") == [(0.0, 1.0), (0.75, 0.8)]


@given(level=st.floats(0.01, 20.0), ceiling=st.floats(0.1, 1.0))
@settings(max_examples=20)
def test_the_limiter_keeps_its_ceiling_and_leaves_what_is_below(level, ceiling):
    y = (level * np.sin(np.arange(4000) / 7)).astype(np.float32)
    out = effects.limit(y, ceiling)
    assert np.abs(out).max() <= ceiling + 1e-6
    if level < ceiling:
        np.testing.assert_allclose(out, y, atol=1e-6)


def test_tilt_gives_decibels_an_octave():
    y = np.zeros(SR, np.float32)
    y[SR // 2] = 1.0
    gain = 20 * np.log10(np.abs(np.fft.rfft(effects.tilt(y, -3.0))))
    assert gain[1600] - gain[800] == pytest.approx(-3.0, abs=0.1)


@pytest.mark.parametrize("genre", list(STYLES))
def test_same_arguments_same_samples_other_number_other_music(genre):
    first, again = (synthesise(genre, 1, seconds=6, seed=3) for _ in range(2))
    assert first.sha256 == again.sha256
    assert first.sha256 != synthesise(genre, 6, seconds=6, seed=3).sha256  # the same artist
    assert first.sha256 != synthesise(genre, 1, seconds=6, seed=4).sha256


@pytest.mark.parametrize("genre", list(STYLES))
def test_level_ends_and_rests(genre):
    for number in range(5):
        y = synthesise(genre, number, seconds=12).y
        assert y.size == 12 * SR
        assert np.abs(y).max() <= 0.95 + 1e-4
        assert -22 < 20 * np.log10(effects.rms(y)) < -15
        assert max(abs(y[0]), abs(y[-1])) < 0.01
        loud = np.abs(y) > 10 ** (-50 / 20)
        assert np.diff(np.flatnonzero(loud)).max() < 0.8 * SR  # no hole in the music
        assert abs(float(y.mean())) < 1e-3


@pytest.mark.parametrize(("genre", "number"), [("disco", 0), ("disco", 1), ("pop", 2), ("metal", 1), ("rock", 0), ("hiphop", 4)])
def test_the_tempo_of_the_table_is_heard(genre, number):
    song, _ = compose(genre, number, seconds=20, seed=1)
    strength = onset_strength(Spectra(synthesise(genre, number, seconds=20, seed=1).y, sr=SR))
    strength = strength - strength.mean()
    r = np.correlate(strength, strength, "full")[strength.size - 1 :]
    beat = 60 / song.tempo_bpm * SR / 512
    peaks = [lag for lag in range(2, r.size - 1) if r[lag] > r[lag - 1] and r[lag] >= r[lag + 1] and lag < 4.5 * beat]
    best = max(peaks, key=lambda lag: r[lag])
    octaves = np.log2(best / beat)
    assert abs(octaves - round(octaves)) < 0.04  # two frames of the onset curve at a fast beat


@pytest.mark.parametrize("genre", ["classical", "country", "pop", "reggae"])
def test_the_notes_of_the_key_are_heard(genre):
    """The keynote and its fifth are stronger than the tritone, in the sound and not in the score only."""
    song, _ = compose(genre, 0, seconds=20, seed=1)
    y = synthesise(genre, 0, seconds=20, seed=1).y
    power = np.abs(np.fft.rfft(y)) ** 2
    freq = np.fft.rfftfreq(y.size, 1 / SR)
    pitch = 69 + 12 * np.log2(np.maximum(freq, 1) / 440)
    inside = (freq > 60) & (freq < 1000) & (np.abs(pitch - np.round(pitch)) < 0.25)
    chroma = np.bincount(np.round(pitch[inside]).astype(int) % 12, power[inside], 12)
    keynote = NOTE_NAMES.index(song.key.split()[0])
    assert chroma[keynote] + chroma[(keynote + 7) % 12] > 3 * chroma[(keynote + 6) % 12]


def test_truth_and_names():
    song, band = compose("country", 2, seconds=30, seed=1)
    assert song.metre == "3/4"
    assert song.id == "demo.country.02"
    assert 84 <= song.tempo_bpm <= 100
    assert song.artist == STYLES["country"].artists[2].name
    assert max(note.start for part in band.parts.values() for note in part.notes) > 27


def test_every_artist_plays_what_exists():
    for style in STYLES.values():
        assert len({artist.name for artist in style.artists}) == 5
        for artist in style.artists:
            assert {artist.lead, artist.comp, artist.pad, artist.bass} - {""} <= set(INSTRUMENTS)
            assert artist.kit in KITS


def test_unknown_style_lists_the_styles():
    with pytest.raises(ParameterError, match=r"no style named 'polka'.*blues, classical"):
        synthesise("polka", 0)
