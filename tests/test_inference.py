import io
import tracemalloc
from dataclasses import replace
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import AudioError, ParameterError, RunError
from genre_core.evaluation.verdict import Evidence
from genre_core.features.base import segment_features
from genre_core.features.spectral import LogMel
from genre_core.features.streamed import Cutter
from genre_core.inference import Predictor
from genre_core.models.base import Scores
from tests.tiny_run import GENRES, make_run, noise, tone


@pytest.fixture
def predictor(tmp_path):
    return Predictor.from_run(make_run(tmp_path / "run"))


def wav(clip, *, subtype="FLOAT"):
    file = io.BytesIO()
    soundfile.write(file, clip.y, clip.sr, format="WAV", subtype=subtype)
    return file.getvalue()


def pieces(clip, *sizes):
    ends = np.cumsum(sizes)
    return [Clip(part, clip.sr, clip.name) for part in np.split(clip.y, ends[ends < clip.y.size]) if part.size]


@pytest.mark.parametrize(("hertz", "genre"), [(110, "low"), (6000, "high")])
def test_a_low_tone_is_low_and_a_high_tone_high(predictor, hertz, genre):
    prediction = predictor.predict(tone(hertz, 10))
    assert (prediction.genre, prediction.decision) == (genre, "genre")
    assert prediction.ranking[0] == (genre, prediction.confidence)


def test_prediction_is_the_mean_of_what_training_computes(predictor):
    clip = noise(10.3)
    computed = segment_features(clip, predictor.features[0], predictor.segments)
    scored = predictor.classifier(computed.values)
    prediction = predictor.predict(clip)
    np.testing.assert_allclose(prediction.segment_posteriors, scored.posterior, atol=1e-6)
    np.testing.assert_allclose(prediction.posterior, scored.posterior.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(prediction.embedding, scored.embedding.mean(axis=0), atol=1e-4)
    np.testing.assert_array_equal(prediction.start_seconds, computed.start_seconds)
    np.testing.assert_array_equal(prediction.end_seconds, computed.end_seconds)


@settings(max_examples=150)
@example(n_samples=229, segment=10, hop_share=1.0, skips=(0, 1), sizes=[], tail=0, context=7)
@given(
    n_samples=st.integers(1, 900),
    segment=st.integers(10, 200),
    hop_share=st.floats(0.05, 1),
    skips=st.tuples(st.integers(0, 120), st.integers(0, 120)),
    sizes=st.lists(st.integers(1, 300), max_size=8),
    tail=st.sampled_from([0, 0, 1, 30, 250]),
    context=st.sampled_from([0, 0, 7, 150, 400]),
)
def test_a_stream_is_cut_like_the_whole(n_samples, segment, hop_share, skips, sizes, tail, context):
    sr = 100

    class Samples(LogMel):
        per_frame = not context
        context_seconds = context / sr

        def __call__(self, spectra):
            return np.array([*spectra.y[[0, -1]], len(spectra.y)], np.float32) if context else spectra.y

    feature = Samples()
    object.__setattr__(feature, "sr", sr)
    segments = SegmentConfig(
        segment_seconds=segment / sr,
        hop_seconds=max(0.05, min(segment / sr, hop_share * segment / sr)),
        skip_start_seconds=skips[0] / sr,
        skip_end_seconds=skips[1] / sr,
        tail_seconds=tail / sr,
    )
    clip = Clip(np.arange(1, n_samples + 1) / 1000, sr)
    cutter = Cutter(feature, segments)

    def streamed():
        found = []
        for piece in pieces(clip, *sizes):
            found += cutter.push(piece)
            assert cutter.y.size <= 2 * max(segment, context) + sum(skips) + piece.n_samples  # no more than may be needed is kept
        return found + list(cutter.finish())

    if n_samples <= sum(skips):
        with pytest.raises(AudioError, match="skipped"):
            streamed()
        return
    parts, whole = streamed(), segment_features(clip, feature, segments)
    np.testing.assert_array_equal(np.concatenate([part.values for part in parts]), whole.values)
    np.testing.assert_array_equal(np.concatenate([part.start_seconds for part in parts]), whole.start_seconds)
    np.testing.assert_array_equal(np.concatenate([part.end_seconds for part in parts]), whole.end_seconds)


@pytest.mark.parametrize("sr", [22050, 16000])
def test_a_long_file_is_streamed_and_equals_the_whole(tmp_path, monkeypatch, sr):
    segments = SegmentConfig(hop_seconds=1.3, skip_start_seconds=0.7, skip_end_seconds=1.1)
    predictor = Predictor.from_run(make_run(tmp_path / "run", feature=LogMel(n_mels=32, sr=sr), segments=segments))
    content = wav(noise(67.89))
    whole = predictor.classify(content)
    monkeypatch.setattr(import_module("genre_core.audio.decode"), "MAX_SECONDS", 40)
    streamed = predictor.classify(content)
    np.testing.assert_allclose(streamed.segment_posteriors, whole.segment_posteriors, atol=1e-5)
    np.testing.assert_allclose(streamed.end_seconds, whole.end_seconds, atol=1e-9)
    assert streamed.end_seconds[-1] == pytest.approx(67.89 - 1.1, abs=1e-3)


def test_features_of_a_stream_at_another_rate_equal_those_of_training(tmp_path):
    predictor = Predictor.from_run(make_run(tmp_path / "run", feature=LogMel(n_mels=32, sr=16000)))
    clip = noise(9.5)
    computed = segment_features(clip, predictor.features[0], predictor.segments)
    prediction = predictor.predict(clip)
    np.testing.assert_allclose(prediction.segment_posteriors, predictor.classifier(computed.values).posterior, atol=1e-5)
    np.testing.assert_allclose(prediction.end_seconds, computed.end_seconds, atol=1e-9)


def test_two_features_at_two_rates_are_scored_together():
    def classifier(a, b):
        assert len(a) == len(b)
        even = np.full((len(a), 3), 1 / 3, np.float32)
        return Scores(even, even, a.mean(axis=2))

    features = (LogMel(n_mels=32), LogMel(n_mels=32, sr=16000))
    prediction = Predictor(GENRES, features, SegmentConfig(), classifier).predict(noise(100.01))
    assert len(prediction.start_seconds) == 34


def test_a_stream_needs_no_more_memory_than_its_blocks(predictor):
    def sound(n_blocks):
        return (noise(30, seed=seed) for seed in range(n_blocks))

    def peak(n_blocks):
        tracemalloc.start()
        for _ in predictor.listen(sound(n_blocks)):
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1)
    assert peak(24) < 1.5 * peak(4)


def test_while_a_sound_comes_it_is_judged_again_and_again(predictor):
    low, high = tone(110, 31.5), tone(6000, 40.25)
    whole = Clip(np.concatenate([low.y, high.y]), low.sr, "both")
    said = list(predictor.listen([low, high], name="both"))
    assert len(said) > 3
    assert said[0].end_seconds[-1] <= 7
    assert [prediction.genre for prediction in (said[0], said[-1])] == ["low", "high"]
    for earlier, later in pairwise(said):
        heard = len(earlier.segment_posteriors)
        assert heard < len(later.segment_posteriors)
        np.testing.assert_array_equal(earlier.segment_posteriors, later.segment_posteriors[:heard])
    np.testing.assert_allclose(said[-1].posterior, predictor.predict(whole).posterior, atol=1e-6)
    np.testing.assert_allclose(said[-1].embedding, predictor.predict(whole).embedding, atol=1e-5)


def test_an_impossible_threshold_is_refused_before_anything_is_heard(predictor):
    def sound():
        raise AssertionError("it was heard")
        yield

    with pytest.raises(ParameterError, match="threshold must lie in"):
        predictor.listen(sound(), threshold=2)


def test_segments_join_in_the_way_that_is_asked_for(predictor):
    prediction = predictor.predict(tone(110, 9))
    segments = np.array([[0.5, 0.4, 0.1], [0.5, 0.4, 0.1], [0.001, 0.9, 0.099]], np.float32)
    prediction = replace(prediction, segment_posteriors=segments)
    vote = prediction.aggregated("vote")
    np.testing.assert_allclose(vote.posterior, [2 / 3, 1 / 3, 0], atol=1e-5)
    assert (vote.genre, vote.decision, round(vote.confidence, 3)) == (GENRES[0], "genre", 0.667)
    assert prediction.aggregated("vote", 0.7).decision == "not_sure"
    for how in ("mean", "mean_log"):
        assert prediction.aggregated(how).genre == GENRES[1]
    np.testing.assert_allclose(prediction.aggregated("mean").posterior, segments.mean(axis=0), atol=1e-6)
    with pytest.raises(ParameterError, match=r"There is no aggregation named 'neighbours'. Choose one of: mean"):
        prediction.aggregated("neighbours")


def test_silence_is_not_sure_and_speaks_for_no_genre(predictor):
    prediction = predictor.predict(Clip(np.zeros(22050 * 5, np.float32), 22050))
    assert (prediction.genre, prediction.decision) == (None, "not_sure")
    assert "silent" in prediction.reason
    np.testing.assert_allclose(prediction.posterior, 1 / 3, rtol=1e-6)


def test_under_the_threshold_it_is_not_sure_and_says_why(tmp_path):
    predictor = Predictor.from_run(make_run(tmp_path / "run", scale=0.0))
    prediction = predictor.predict(tone(440, 4))
    assert (prediction.genre, prediction.decision) == ("high", "not_sure")
    assert prediction.reason == "The best guess, high, has probability 0.33, under the threshold of 0.50."
    over = predictor.predict(tone(440, 4), threshold=0.3)
    assert (over.decision, over.reason) == ("not_sure", f"{GENRES[0]}, {GENRES[1]} and {GENRES[2]} are as likely: 0.33 each.")


def test_a_threshold_that_is_met_exactly_is_enough(predictor):
    prediction = predictor.predict(tone(440, 4))
    assert predictor.predict(tone(440, 4), threshold=prediction.confidence).decision == "genre"
    above = predictor.predict(tone(440, 4), threshold=min(1.0, prediction.confidence + 1e-4))
    assert above.decision == "not_sure" or prediction.confidence == 1.0


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_its_range_is_refused(predictor, threshold):
    with pytest.raises(ParameterError, match=r"threshold must lie in \[0, 1\]"):
        predictor.predict(tone(440, 4), threshold=threshold)
    with pytest.raises(ParameterError, match=r"threshold must lie in \[0, 1\]"):
        predictor.predict(tone(440, 4)).with_threshold(threshold)


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("scale", [0.0, 0.001, 0.05])
def test_another_threshold_gives_the_verdict_of_a_new_prediction(tmp_path, scale, threshold):
    predictor = Predictor.from_run(make_run(tmp_path / "run", scale=scale))
    clip = tone(110, 4)
    anew = predictor.predict(clip, threshold=threshold)
    moved = predictor.predict(clip).with_threshold(threshold)
    assert {**moved.to_dict(), "elapsed_seconds": 0} == {**anew.to_dict(), "elapsed_seconds": 0}


@pytest.mark.parametrize(
    ("evidence", "unlike"),
    [
        (Evidence(music=-1.0, tags=(("female vocalist", 0.4),)), "no music"),
        (Evidence(music=1.0, distance=1.01), "far from the training songs"),
        (Evidence(silent=True), "silence"),
    ],
)
def test_no_threshold_makes_a_genre_of_what_is_unlike_all_songs(predictor, evidence, unlike):
    prediction = replace(predictor.predict(tone(110, 4)), evidence=evidence)
    for threshold in (0.0, 0.5, 1.0):
        moved = prediction.with_threshold(threshold)
        assert (moved.decision, moved.unlike) == ("not_sure", unlike)
        assert moved.reason == prediction.with_threshold(0.5).reason
        assert moved.tags == evidence.tags


def test_less_than_half_a_second_is_refused(predictor):
    with pytest.raises(AudioError, match=r"at least 0\.5 s") as refused:
        predictor.predict(replace(tone(440, 0.4), name="beep.wav"))
    assert str(refused.value).endswith("Received: 0.40 s in 'beep.wav'. Give a longer clip.")
    assert refused.value.kind == "too_short"
    prediction = predictor.predict(tone(440, 0.5))
    assert (prediction.start_seconds[0], prediction.end_seconds[0]) == (0.0, 0.5)


def test_a_broken_model_gives_an_error_and_no_number(tmp_path):
    predictor = Predictor.from_run(make_run(tmp_path / "run", scale=float("nan")))
    with pytest.raises(RunError, match="no posterior"):
        predictor.predict(tone(440, 4))
    with pytest.raises(RunError, match="3 genres"):
        replace(predictor, classifier=lambda x: Scores(*3 * (np.ones((len(x), 1), np.float32),))).predict(tone(440, 4))


def test_path_and_bytes_give_the_same(predictor, tmp_path):
    content = wav(noise(7), subtype="PCM_16")
    path = tmp_path / "song.wav"
    path.write_bytes(content)
    from_path, from_bytes = predictor.classify(path), predictor.classify(content, name="song.wav")
    np.testing.assert_array_equal(from_path.segment_posteriors, from_bytes.segment_posteriors)
    assert (from_path.name, from_bytes.name) == (str(path), "song.wav")
    with pytest.raises(AudioError):
        predictor.classify(b"no sound at all")


def test_to_dict_has_the_names_programs_read(predictor):
    values = predictor.predict(noise(7)).to_dict(path="a.wav")
    names = ["path", "seconds", "genre", "confidence", "decision", "reason", "unlike", "posterior", "segments", "sections"]
    assert list(values) == [*names, "mix", "run", "elapsed_seconds"]
    assert values["seconds"] == 7
    assert list(values["segments"][0]) == ["start_seconds", "end_seconds", "posterior"]
    assert values["path"] == "a.wav"
    assert values["run"] == "tiny-one"
    assert sum(values["posterior"].values()) == pytest.approx(1, abs=1e-5)
    assert set(values["posterior"]) == set(GENRES)
