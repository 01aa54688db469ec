"""The same recording is known again whatever was done to the file around it, and another one is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.audio.decode import decode
from genre_core.audio.fingerprints import MIN_SCORE, Fingerprint, compare, fingerprint, triples
from genre_core.errors import ParameterError
from tests.audio.sounds import file_bytes
from tests.audio.tunes import SR, tune


@pytest.fixture(scope="module")
def song():
    return tune(1)


@pytest.fixture(scope="module")
def known(song):
    return fingerprint(Clip(song, SR))


def encoded(kind, y, rate=44100):
    return decode(file_bytes(kind, Clip(y, SR).resample(rate).y[:, None], rate)).y


VERSIONS = {
    "itself": (lambda y: y, 0.0, 0.999),
    "far softer": (lambda y: 0.003 * y, 0.0, 0.99),
    "upside down": (lambda y: -y, 0.0, 0.999),
    "later": (lambda y: y[31_111:], 31_111 / SR, 0.8),
    "with silence before": (lambda y: np.concatenate([np.zeros(40_000, np.float32), y]), -40_000 / SR, 0.8),
    "MP3": (lambda y: encoded("mp3", 0.5 * y), 0.0, 0.6),
    "AAC": (lambda y: encoded("m4a", y), 0.0, 0.6),
    "Opus": (lambda y: encoded("opus", y, 48000), 0.0, 0.6),
    "at 16 kHz": (lambda y: Clip(y, SR).resample(16000).resample(SR).y, 0.0, 0.9),
    "in hiss": (lambda y: y + np.random.default_rng(0).normal(0, 0.01, y.size).astype(np.float32), 0.0, 0.5),
    "its last 5 s": (lambda y: y[-5 * SR :], 7.0, 0.7),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_a_version_of_a_recording_is_known_again_and_placed(song, known, name):
    change, offset_seconds, least = VERSIONS[name]
    match = compare(known, fingerprint(Clip(change(song), SR)))
    assert match.is_same
    assert match.score >= least
    assert match.offset_seconds == pytest.approx(offset_seconds, abs=0.06)


def test_the_offset_turns_round_with_the_two(song, known):
    later = fingerprint(Clip(song[2 * SR :], SR))
    there, back = compare(known, later), compare(later, known)
    assert there.offset_seconds == pytest.approx(-back.offset_seconds, abs=0.03)
    assert there.score == pytest.approx(back.score, abs=0.05)


def test_other_tunes_have_little_in_common(known):
    for seed in range(2, 8):
        match = compare(known, fingerprint(Clip(tune(seed), SR)))
        assert not match.is_same
        assert match.score < MIN_SCORE or match.n_common < 30  # notes of one scale meet by chance in a short part


@pytest.mark.parametrize("y", [np.zeros(5 * SR), np.ones(5 * SR), np.zeros(100), np.eye(1, 5 * SR)[0]], ids=repr)
def test_what_holds_no_music_is_like_nothing(known, y):
    print_ = fingerprint(Clip(y.astype(np.float32), SR))
    assert not compare(known, print_).is_same
    assert not compare(print_, print_).is_same


def test_two_equal_steady_tones_are_not_taken_for_one_recording():
    time = np.arange(8 * SR) / SR
    first, second = (np.sin(2 * np.pi * 440 * time + phase).astype(np.float32) for phase in (0, 1))
    assert not compare(fingerprint(Clip(first, SR)), fingerprint(Clip(second, SR))).is_same


def test_too_short_a_part_in_common_proves_nothing(song, known):
    assert not compare(known, fingerprint(Clip(song[: 2 * SR], SR))).is_same


def test_a_clip_at_another_rate_gives_nearly_the_same_peaks(song, known):
    assert compare(known, fingerprint(Clip(song, SR).resample(44100))).score > 0.95


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 65_535), st.integers(0, 1023)), max_size=60))
def test_packed_and_unpacked_it_is_the_same(peaks):
    frames, bins = np.array(sorted(peaks), np.int32).reshape(-1, 2).T
    print_ = Fingerprint(frames.copy(), bins.copy())
    back = Fingerprint.from_bytes(print_.to_bytes())
    np.testing.assert_array_equal(back.frames, print_.frames)
    np.testing.assert_array_equal(back.bins, print_.bins)


@pytest.mark.parametrize("packed", [b"", b"no fingerprint", Fingerprint(np.arange(3), np.arange(3)).to_bytes()[:-3]])
def test_other_bytes_are_refused(packed):
    with pytest.raises(ParameterError, match="Expected the bytes of a fingerprint"):
        Fingerprint.from_bytes(packed)


def test_triples_do_not_depend_on_when_they_sound(known):
    hashes, frames = triples(known)
    moved, moved_frames = triples(Fingerprint(known.frames + 77, known.bins))
    np.testing.assert_array_equal(hashes, moved)
    np.testing.assert_array_equal(frames + 77, moved_frames)
