"""Songs heard beside the page: what is known grows, ends, can be stopped, and belongs to one visitor."""

from __future__ import annotations

import gc
import hashlib
import io
import threading
import time
import weakref
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from genre_core.audio import Clip, decode
from genre_core.audio.recording import Recording, open_recording
from genre_core.errors import AudioError
from genre_core.inference import Predictor
from genre_core.prediction import Prediction
from pages.ui.classify import hearing
from pages.ui.classify.hearing import BROKEN, OVER, STOPPED, WAITING, Listener, Song, wait_for
from tests.tiny_run import make_run, noise

LIMIT_SECONDS = 60


@pytest.fixture
def predictor(tmp_path) -> Predictor:
    return Predictor.from_run(make_run(tmp_path / "run"), threads=1)


def song_of(clip: Clip, name: str = "noise.wav") -> Song:
    out = io.BytesIO()
    soundfile.write(out, clip.y, clip.sr, format="WAV", subtype="FLOAT")
    content = out.getvalue()
    return Song(
        ("own", name), name, content, lambda: decode(content, name=name), hashlib.sha256(content).hexdigest(), is_own=True
    )


class Slow:
    """Says something of each second of a song, one at a time, when it is let."""

    def __init__(self, prediction: Prediction) -> None:
        self.prediction, self.turn, self.said = prediction, threading.Semaphore(0), 0
        self.begun = threading.Event()

    def listen(self, sound, *, threshold=0.5, name=""):
        self.begun.set()
        for _ in sound:
            for second in range(1, 7):
                assert self.turn.acquire(timeout=LIMIT_SECONDS)
                self.said = second
                yield replace(self.prediction, end_seconds=np.array([float(second)]))


def test_a_short_song_is_said_as_the_predictor_says_it(predictor):
    clip = noise(7.3)
    listener = Listener()
    heard = listener.ask(song_of(clip), "tiny", predictor)
    assert heard.wait(LIMIT_SECONDS)
    assert heard.state == OVER
    assert isinstance(heard.sound, Clip)
    np.testing.assert_allclose(heard.prediction.segment_posteriors, predictor.predict(clip).segment_posteriors, atol=1e-6)
    assert heard.seconds == pytest.approx(7.3, abs=0.01)
    assert heard.seconds_left == pytest.approx(0, abs=0.1)


def test_a_long_song_gives_outline_and_verdict_in_one_pass(predictor, monkeypatch):
    monkeypatch.setattr(hearing, "WHOLE_SECONDS", 5.0)
    clip = noise(40.0)
    song = song_of(clip)
    passes = []
    real = hearing.Opening.blocks
    monkeypatch.setattr(hearing.Opening, "blocks", lambda self: passes.append(1) or real(self))
    listener = Listener()
    heard = listener.ask(song, "tiny", predictor)
    assert heard.wait(LIMIT_SECONDS)
    assert passes == [1]
    assert isinstance(heard.sound, Recording)
    reference = open_recording(song.source, name=song.name)
    np.testing.assert_array_equal(heard.sound.bins, reference.bins)
    assert heard.sound.seconds == reference.seconds == heard.sound.outlined_seconds
    np.testing.assert_allclose(heard.prediction.posterior, predictor.predict(clip).posterior, atol=1e-5)


def test_what_is_known_grows_and_a_stop_keeps_it(predictor):
    slow = Slow(predictor.predict(noise(3.0)))
    listener = Listener()
    heard = listener.ask(song_of(noise(6.0)), "slow", slow)
    assert not heard.wait(0.05)
    assert heard.prediction is None
    slow.turn.release()
    until = time.monotonic() + LIMIT_SECONDS
    while heard.seconds < 1 and time.monotonic() < until:
        time.sleep(0.01)
    assert heard.seconds == 1.0
    assert heard.seconds_left is not None
    heard.stop()
    slow.turn.release()
    assert heard.wait(LIMIT_SECONDS)
    assert (heard.state, heard.seconds, slow.said) == (STOPPED, 2.0, 2)


def test_songs_wait_for_their_turn_and_what_is_asked_twice_is_heard_once(predictor):
    listener = Listener()
    slow = Slow(predictor.predict(noise(3.0)))
    first, second = song_of(noise(6.0), "a.wav"), song_of(noise(6.0, seed=1), "b.wav")
    one, two = (listener.ask(song, "slow", slow) for song in (first, second))
    assert two.state == WAITING
    assert listener.ask(second, "slow", slow) is two
    slow.turn.release(12)
    assert wait_for([one, two], LIMIT_SECONDS)
    assert (one.state, two.state) == (OVER, OVER)
    assert listener.ask(first, "other", slow) is not one
    slow.turn.release(6)
    listener.again(first, "slow")
    assert listener.ask(first, "slow", slow) is not one
    slow.turn.release(6)


def test_what_is_taken_away_is_stopped_and_forgotten(predictor):
    listener = Listener()
    slow = Slow(predictor.predict(noise(3.0)))
    song, other = song_of(noise(6.0), "a.wav"), song_of(noise(6.0, seed=1), "b.wav")
    heard = listener.ask(song, "slow", slow)
    listener.keep({(other.key, "slow")})
    slow.turn.release(6)
    assert heard.wait(LIMIT_SECONDS)
    assert heard.state == STOPPED
    assert listener.ask(song, "slow", slow) is not heard
    slow.turn.release(6)


def test_a_file_that_is_no_sound_says_so_and_the_next_is_heard(predictor):
    listener = Listener()
    text = b"Dear reader, this is no sound. " * 20
    bad = Song(("own", "letter"), "letter.mp3", text, lambda: decode(text, name="letter.mp3"), "0", is_own=True)
    first, second = listener.ask(bad, "tiny", predictor), listener.ask(song_of(noise(4.0)), "tiny", predictor)
    assert wait_for([first, second], LIMIT_SECONDS)
    assert isinstance(first.error, AudioError)
    assert "'letter.mp3' is no audio: it is text." in str(first.error)
    assert second.prediction is not None


def test_what_nobody_expected_ends_in_words_and_the_next_is_heard(predictor, monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_value))

    def fail() -> Clip:
        raise ZeroDivisionError

    listener = Listener()
    sound = song_of(noise(4.0))
    first = listener.ask(replace(sound, key="bad", read=fail), "tiny", predictor)
    second = listener.ask(sound, "tiny", predictor)
    assert wait_for([first, second], LIMIT_SECONDS)
    assert (first.state, second.state) == (BROKEN, OVER)
    assert [type(error) for error in told] == [ZeroDivisionError]  # the thread's own hook writes it into the log


def test_it_ends_with_the_visitor(predictor):
    listener = Listener()
    slow = Slow(predictor.predict(noise(3.0)))
    heard = listener.ask(song_of(noise(6.0)), "slow", slow)
    assert slow.begun.wait(LIMIT_SECONDS)  # until then the thread asks the listener what to hear
    there = weakref.ref(listener)
    del listener
    gc.collect()
    assert there() is None
    slow.turn.release(6)
    assert heard.wait(LIMIT_SECONDS)
    assert (heard.state, slow.said) == (STOPPED, 1)
