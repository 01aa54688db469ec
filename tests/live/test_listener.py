"""A sound that goes on: the last seconds decide, nothing is heard twice, and memory does not grow."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import AudioError, ParameterError, RunError
from genre_core.evaluation.verdict import Evidence
from genre_core.features.spectral import LogMel
from genre_core.inference import Predictor
from genre_core.live import Listener
from tests.tiny_run import make_run, noise, tone

EACH_SECOND = SegmentConfig(hop_seconds=1.0)


@pytest.fixture
def predictor(tmp_path):
    return Predictor.from_run(make_run(tmp_path / "run", segments=EACH_SECOND))


class Deaf(LogMel):
    """Costs nothing and tells nothing, where only the way of the samples matters."""

    def __call__(self, spectra):
        return np.zeros((32, 130), np.float32)


def deaf(predictor):
    return replace(predictor, features=(Deaf(n_mels=32),))


def after(*clips):
    return Clip(np.concatenate([clip.y for clip in clips]), clips[0].sr)


def second_by_second(listener, clip):
    """What is said after each second of a clip: a dict of genres by window."""
    said = []
    for start in range(int(clip.seconds)):
        listener.push(clip.slice(start, start + 1))
        said.append({window: verdict.genre for window, verdict in listener.verdicts.items()})
    return said


def counting(predictor):
    """The predictor, and a list that grows by the number of segments its model hears."""
    calls = []

    def classifier(*values):
        calls.append(len(values[0]))
        return predictor.classifier(*values)

    return replace(predictor, classifier=classifier), calls


# Time


def test_the_last_three_seconds_change_first(predictor):
    said = second_by_second(Listener(predictor), after(tone(110, 12), tone(6000, 14)))
    assert said[:2] == [{}, {}]  # a segment is three seconds long
    assert said[2] == dict.fromkeys((3.0, 10.0, 30.0), "low")
    switched = {
        window: next(at for at, words in enumerate(said) if words.get(window) == "high") + 1 - 12 for window in (3.0, 10.0, 30.0)
    }
    assert switched[3.0] in (2, 3)  # half of a segment, or all of it, is high
    assert switched[3.0] < switched[10.0] < switched[30.0]
    assert abs(switched[10.0] - 6) <= 1
    assert 10 <= switched[30.0] <= 13  # as much of the one as of the other


def test_a_window_says_what_the_predictor_says_of_these_seconds(predictor):
    clip, listener = noise(31), Listener(predictor)
    second_by_second(listener, clip)
    for window, verdict in listener.verdicts.items():
        whole = predictor.predict(clip.slice(31 - window, 31))
        np.testing.assert_allclose(verdict.posterior, whole.posterior, atol=1e-5)
        np.testing.assert_allclose(verdict.segment_posteriors, whole.segment_posteriors, atol=1e-5)
        np.testing.assert_allclose(verdict.embedding, whole.embedding, rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(verdict.start_seconds, whole.start_seconds + 31 - window)
        assert (verdict.genre, verdict.decision, verdict.reason) == (whole.genre, whole.decision, whole.reason)


@pytest.mark.parametrize("sr", [16000, 44100, 48000])
def test_any_rate_is_heard_alike(predictor, sr):
    clip = noise(12, sr=sr)
    listener = Listener(predictor)
    for start in np.arange(0, 12, 0.25):
        listener.push(clip.slice(start, start + 0.25))
    listener.push(Clip(np.zeros(sr // 10), sr))  # a resampler gives its last samples when more come
    whole = predictor.predict(clip.slice(2, 12))
    np.testing.assert_allclose(listener.verdicts[10.0].posterior, whole.posterior, atol=2e-3)


@pytest.fixture(scope="module")
def one_predictor(tmp_path_factory):
    return Predictor.from_run(make_run(tmp_path_factory.mktemp("one") / "run"))


@settings(max_examples=6, deadline=None)
@given(sizes=st.lists(st.integers(1, 60000), min_size=1, max_size=12))
def test_how_the_samples_come_changes_nothing(one_predictor, sizes):
    clip, listener, at = noise(5), Listener(one_predictor), 0
    for size in [*sizes, clip.n_samples]:
        listener.push(Clip(clip.y[at : at + size], clip.sr))
        at += size
    at_once = Listener(one_predictor)
    at_once.push(clip)
    assert listener.seconds == pytest.approx(5)
    assert [moment.end_seconds for moment in listener.moments] == [3, 4, 5]
    for window, verdict in at_once.verdicts.items():
        np.testing.assert_allclose(listener.verdicts[window].posterior, verdict.posterior, atol=1e-6)


def test_each_segment_is_heard_once(predictor):
    counted, calls = counting(deaf(predictor))
    second_by_second(Listener(counted), noise(40))
    assert sum(calls) == 38  # one ends each second from the third on


# Long segments


def long_run(folder, seconds=29.0):
    return Predictor.from_run(make_run(folder, segments=SegmentConfig(segment_seconds=seconds, hop_seconds=seconds)))


def test_a_model_of_long_segments_has_only_the_window_that_holds_one(tmp_path):
    listener = Listener(long_run(tmp_path / "run"))
    assert listener.windows == (30.0,)
    assert Listener(long_run(tmp_path / "longer", 40.0)).windows == (40.0,)
    listener.push(tone(110, 2))
    assert not listener.verdicts
    listener.push(tone(110, 6))
    assert listener.verdicts[30.0].genre == "low"  # of what there is, as of a song that short
    listener.push(tone(6000, 24))
    assert list(listener.verdicts) == [30.0]
    assert listener.verdicts[30.0].genre == "high"
    assert all(moment.is_whole for moment in listener.moments)


def test_until_a_long_segment_is_whole_it_is_heard_as_a_song_that_short(tmp_path):
    predictor = long_run(tmp_path / "run")
    clip, listener = noise(12), Listener(predictor)
    for start, stop in ((0, 4), (4, 9), (9, 12)):
        listener.push(clip.slice(start, stop))
    np.testing.assert_allclose(listener.verdicts[30.0].posterior, predictor.predict(clip).posterior, atol=1e-5)
    [moment] = listener.moments
    assert (moment.start_seconds, moment.end_seconds, moment.is_whole) == (0, 12, False)


def test_of_long_segments_that_come_late_the_newest_is_heard(tmp_path):
    predictor, calls = counting(long_run(tmp_path / "run"))
    listener = Listener(predictor)
    listener.push(noise(50))
    assert calls == [1]
    assert listener.moments[-1].end_seconds == 50


def test_a_feature_with_a_context_hears_the_last_stretch(tmp_path):
    class Loudness(Deaf):
        context_seconds = 10.0
        per_frame = False

        def __call__(self, spectra):
            heard.append(len(spectra.y) / spectra.sr)
            return super().__call__(spectra)

    heard = []
    run = make_run(tmp_path / "run")
    predictor = replace(Predictor.from_run(run), features=(Loudness(n_mels=32),))
    second_by_second(Listener(predictor), noise(15))
    assert heard == [3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10, 10, 10]


# Silence and gaps


def test_silence_is_not_named_until_music_comes_and_the_long_window_remembers(predictor):
    listener = Listener(predictor)
    second_by_second(listener, Clip(np.zeros(5 * 22050), 22050))
    verdict = listener.verdicts[10.0]
    assert (verdict.unlike, verdict.genre) == ("silence", None)
    np.testing.assert_allclose(verdict.posterior, 1 / 3)
    second_by_second(listener, tone(110, 6))
    assert listener.verdicts[3.0].genre == "low"
    second_by_second(listener, Clip(np.zeros(4 * 22050), 22050))
    assert listener.verdicts[3.0].unlike == "silence"
    assert listener.verdicts[30.0].unlike == ""


def test_no_segment_spans_a_gap(predictor):
    listener = Listener(predictor)
    listener.push(tone(110, 6))
    listener.skip(5 * 22050, 22050)
    assert (listener.seconds, listener.missed_seconds) == (11, 5)
    listener.push(tone(6000, 2))
    assert listener.moments[-1].end_seconds == 6
    listener.push(tone(6000, 2))
    spans = [(moment.start_seconds, moment.end_seconds) for moment in listener.moments]
    assert spans == [(0, 3), (1, 4), (2, 5), (3, 6), (11, 14), (12, 15)]
    assert listener.verdicts[3.0].genre == "high"
    assert listener.verdicts[3.0].confidence == pytest.approx(predictor.predict(tone(6000, 3)).confidence, abs=1e-3)
    assert listener.verdicts[30.0].segment_posteriors.shape == (6, 3)


def test_nothing_missing_is_no_gap(predictor):
    listener = Listener(predictor)
    listener.push(tone(110, 2))
    listener.skip(0, 22050)
    listener.push(tone(110, 1))
    assert listener.verdicts[3.0].genre == "low"


# Evidence


def test_what_the_pretrained_net_says_is_averaged_over_the_window(predictor, monkeypatch):
    class Hears:
        def __init__(self, features):
            self.music, self.tags = next(told)

        def listen(self, values):
            pass

    told = iter(
        [(-3.0, (("rock", 0.2), ("jazz", 0.1))), (1.0, (("jazz", 0.5), ("rock", 0.0))), (0.5, (("jazz", 0.9), ("rock", 0.4)))]
    )
    monkeypatch.setattr("genre_core.live.listener.Ears", Hears)
    listener = Listener(predictor)
    second_by_second(listener, tone(110, 5))
    short, long = listener.verdicts[3.0], listener.verdicts[10.0]
    assert short.evidence == Evidence(False, 0.5, None, (("jazz", 0.9), ("rock", 0.4)))
    assert long.unlike == "no music"
    assert long.evidence.music == pytest.approx(-0.5)
    assert dict(long.tags) == pytest.approx({"jazz": 0.5, "rock": 0.2})
    assert [tag for tag, _ in long.tags] == ["jazz", "rock"]


def test_a_verdict_is_judged_by_another_threshold_without_hearing_anew(predictor):
    counted, calls = counting(predictor)
    listener = Listener(counted)
    listener.push(after(tone(110, 2.0), tone(6000, 2.0)))
    n_heard = sum(calls)
    verdict = listener.verdicts[10.0]
    assert verdict.with_threshold(1.0).decision == "not_sure"
    assert verdict.with_threshold(0.0).decision == "genre"
    assert sum(calls) == n_heard


# Memory, and another model


def test_memory_is_bounded(predictor):
    listener = Listener(deaf(predictor))
    clip = noise(1, sr=44100)
    for _ in range(70):
        listener.push(clip)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(40):
        listener.push(clip)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert listener.recent.seconds == 30
    assert len(listener.moments) == 60
    assert grown < 8e6  # the thirty seconds, once: they were allocated before tracing began


def test_another_model_hears_the_last_half_minute(predictor, tmp_path):
    listener = Listener(predictor)
    listener.push(noise(6))
    other = Listener(Predictor.from_run(make_run(tmp_path / "other", run_id="other")))
    assert other.recent is None
    other.push(listener.recent)
    assert other.seconds == 6
    assert other.verdicts[30.0].run == "other"
    np.testing.assert_allclose(other.verdicts[30.0].posterior, listener.verdicts[30.0].posterior, atol=1e-5)


# What cannot be


def test_a_rate_that_no_microphone_has_is_refused(predictor):
    with pytest.raises(AudioError, match=r"Expected a sample rate in \[8000, 192000\] Hz. Received: 10 Hz"):
        Listener(predictor).push(Clip(np.zeros(10), 10))


def test_the_rate_does_not_change_on_the_way(predictor):
    listener = Listener(predictor)
    listener.push(tone(110, 1))
    with pytest.raises(AudioError, match=r"Expected 22050 Hz, as before. Received: 48000 Hz"):
        listener.push(tone(110, 1, sr=48000))


def test_a_gap_is_not_negative(predictor):
    with pytest.raises(ParameterError, match="Received: n_samples=-1"):
        Listener(predictor).skip(-1, 22050)


def test_a_broken_model_is_said(tmp_path):
    listener = Listener(Predictor.from_run(make_run(tmp_path / "run", scale=float("nan"))))
    with pytest.raises(RunError, match="posterior"):
        listener.push(noise(4))
