"""What a microphone brings is taken once, whatever is sent again or gets lost, and what is no sound is refused."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genre_core.audio.segments import SegmentConfig
from genre_core.errors import AudioError
from genre_core.inference import Predictor
from pages.ui.microphone.ear import Ear, Parcel, parcel_of
from tests.tiny_run import make_run, noise, tone

SR = 22050


@pytest.fixture(scope="module")
def predictor(tmp_path_factory):
    return Predictor.from_run(make_run(tmp_path_factory.mktemp("ear") / "run", segments=SegmentConfig(hop_seconds=1.0)))


@pytest.fixture
def ear(predictor):
    made = Ear()
    made.ask("tiny", predictor)
    return made


def sent(y, first=0, session="one", sr=SR):
    """As the browser sends it."""
    pcm = np.rint(np.asarray(y) * 32767).astype("<i2").tobytes()
    return {"session": session, "first": first, "sr": sr, "pcm": base64.b64encode(pcm).decode()}


def parcel(clip, start, stop, session="one"):
    """The samples between two seconds of a clip."""
    first = round(start * clip.sr)
    return Parcel(session, first, clip.sr, clip.y[first : round(stop * clip.sr)])


def test_samples_arrive_as_they_were_sent():
    y = np.linspace(-1, 1, 1001)
    found = parcel_of(sent(y, first=7, sr=48000))
    assert (found.session, found.first, found.sr) == ("one", 7, 48000)
    np.testing.assert_allclose(found.y, y, atol=1e-4)
    assert found.y.dtype == np.float32


@pytest.mark.parametrize(
    "wrong",
    [
        {"pcm": None},
        {"pcm": "no base 64!"},
        {"pcm": "A" * 5_000_000},
        {"sr": "22050"},
        {"sr": 1},
        {"sr": float("nan")},
        {"first": -1},
        {"first": 0.5},
        {"first": True},
        {"session": 5},
        {"session": "x" * 1000},
    ],
    ids=str,
)
def test_what_is_no_sound_is_refused(wrong):
    with pytest.raises(AudioError, match="Load the page again"):
        parcel_of({**sent(np.zeros(10)), **wrong})


def test_a_parcel_that_comes_again_is_taken_once(ear):
    clip = noise(8)
    assert ear.take(parcel(clip, 0, 4))
    assert not ear.take(parcel(clip, 0, 4))  # the page ran again for another reason
    assert ear.take(parcel(clip, 2, 8))  # what was not acknowledged is sent again, with more
    assert ear.taken == clip.n_samples
    assert ear.listener.seconds == 8
    assert ear.listener.missed_seconds == 0
    whole = ear.listener.predictor.predict(clip)
    np.testing.assert_allclose(ear.listener.verdicts[10.0].segment_posteriors, whole.segment_posteriors, atol=1e-5)


def test_what_the_browser_dropped_is_a_gap(ear):
    clip = noise(12)
    ear.take(parcel(clip, 0, 4))
    ear.take(parcel(clip, 9, 12))
    assert ear.listener.missed_seconds == 5
    assert [moment.end_seconds for moment in ear.listener.moments] == [3, 4, 12]
    assert ear.now_seconds == 12


def test_each_start_begins_anew(ear):
    ear.take(parcel(tone(110, 5), 0, 5))
    assert ear.listener.verdicts[3.0].genre == "low"
    ear.take(parcel(tone(6000, 2), 0, 2, session="two"))
    assert not ear.listener.verdicts
    assert ear.taken == 2 * SR
    ear.take(parcel(tone(6000, 4), 2, 4, session="two"))
    assert ear.listener.verdicts[30.0].genre == "high"


def test_another_model_hears_the_last_half_minute_again(ear, tmp_path):
    ear.take(parcel(tone(110, 7), 0, 7))
    other = Predictor.from_run(make_run(tmp_path / "other", run_id="other"))
    ear.ask("other", other)
    assert ear.listener.verdicts[10.0].run == "other"
    assert ear.listener.verdicts[10.0].genre == "low"
    assert (ear.taken, ear.now_seconds) == (7 * SR, 7)
    same = ear.listener
    ear.ask("other", other)
    assert ear.listener is same
    assert ear.take(parcel(tone(110, 9), 5, 9))
    assert ear.now_seconds == 9


def test_a_page_that_runs_again_while_it_hears_harms_nothing(ear):
    clip = noise(14)
    parcels = [parcel(clip, start, start + 2) for start in range(0, 14, 2)]

    def hear(_):
        for part in parcels:
            ear.take(part)

    with ThreadPoolExecutor(4) as runs:
        list(runs.map(hear, range(4)))
    assert (ear.taken, ear.listener.seconds, ear.listener.missed_seconds) == (clip.n_samples, 14, 0)
    assert [moment.end_seconds for moment in ear.listener.moments] == list(range(3, 15))
    whole = ear.listener.predictor.predict(clip)
    np.testing.assert_allclose(ear.listener.verdicts[30.0].posterior, whole.posterior, atol=1e-5)


def test_what_cannot_be_heard_is_not_asked_for_again(tmp_path):
    ear = Ear()
    ear.ask("broken", Predictor.from_run(make_run(tmp_path / "run", scale=float("nan"))))
    with pytest.raises(Exception, match="posterior"):
        ear.take(parcel(tone(110, 4), 0, 4))
    assert ear.taken == 4 * SR
