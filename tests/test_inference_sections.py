"""A mix of two sounds through the whole of serving: its sections, their words, and how they follow what is asked."""

import numpy as np
import pytest

from genre_core.audio.clip import AudioFacts, Clip
from genre_core.errors import AudioError
from genre_core.evaluation.likeness import fit_likeness
from genre_core.inference import Predictor
from tests.tiny_run import SR, make_run, noise, tone


@pytest.fixture
def predictor(tmp_path):
    return Predictor.from_run(make_run(tmp_path / "run", scale=0.2))


def mix(*clips):
    return Clip(np.concatenate([clip.y for clip in clips]), SR, "a mix")


def test_low_then_high_shows_both(predictor):
    prediction = predictor.predict(mix(tone(110, 31), tone(6000, 20)))
    first, second = prediction.sections
    assert (first.genre, second.genre) == ("low", "high")
    assert first.end_seconds == second.start_seconds == pytest.approx(31, abs=2)
    assert second.end_seconds == pytest.approx(51)
    assert prediction.mix == "low until 0:30, then high"
    assert prediction.to_dict()["sections"] == [first.to_dict(), second.to_dict()]


def test_one_sound_is_one_section_with_the_verdict_of_the_whole(predictor):
    prediction = predictor.predict(tone(110, 20))
    (section,) = prediction.sections
    assert (section.genre, section.decision, section.reason) == (prediction.genre, prediction.decision, prediction.reason)
    np.testing.assert_array_equal(section.posterior, prediction.posterior)
    assert prediction.mix == ""


def test_sections_follow_threshold_and_aggregation(predictor):
    prediction = predictor.predict(mix(tone(110, 18), tone(6000, 18)))
    assert {section.decision for section in prediction.with_threshold(1.0).sections} == {"not_sure"}
    voted = prediction.aggregated("vote", 0.6)
    assert [section.confidence for section in voted.sections] == pytest.approx([1.0, 1.0], abs=1e-4)
    assert (voted.threshold, voted.aggregation) == (0.6, "vote")


def test_while_it_comes_the_last_section_grows(predictor):
    sound = [tone(110, 18), tone(6000, 18)]
    said = [[section.genre for section in its.sections] for its in predictor.listen(sound)]
    assert said[0] == ["low"]
    assert said[-1] == ["low", "high"]


def test_a_silent_sound_has_one_section_without_a_genre(predictor):
    (section,) = predictor.predict(Clip(np.zeros(SR * 9, np.float32), SR)).sections
    assert (section.genre, section.unlike) == (None, "silence")


def test_how_new_a_sound_becomes_is_known_of_a_run_with_likeness(predictor):
    assert predictor.predict(noise(10)).segment_novelty is None
    songs = [predictor.predict(noise(6, seed=seed)).embedding for seed in range(4)]
    songs += [predictor.predict(tone(110 + seed, 6)).embedding for seed in range(4)]
    object.__setattr__(predictor, "likeness", fit_likeness(np.stack(songs), np.repeat([0, 1], 4)))
    novelty = predictor.predict(mix(tone(110, 18), tone(6000, 18))).segment_novelty
    assert novelty is not None
    assert novelty.argmax() == 6
    assert novelty[6] > 3 * max(novelty[1], novelty[11])


def test_a_sound_of_more_than_half_a_day_is_refused(predictor):
    facts = AudioFacts("flac", "pcm_16", 8000, 1, 100 * 3600.0)
    with pytest.raises(AudioError, match=r"Expected up to 12 h of sound. Received: more, 100 h by its header.") as caught:
        predictor.predict(Clip(tone(110, 5).y, SR, facts=facts))
    assert caught.value.kind == "too_long"
