"""What is turned away whatever its probability: what lies far from all songs, and what is no music."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.evaluation.likeness import fit_likeness, with_limit
from genre_core.features.spectral import LogMel
from genre_core.inference import Predictor
from genre_core.models import MODELS
from genre_core.models.base import Scores
from tests.tiny_run import GENRES, make_run, noise, tone

GAUSSIAN = MODELS["transfer"].presets["gaussian"].features


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Its songs are low tones of much the same loudness."""
    plain = Predictor.from_run(make_run(tmp_path_factory.mktemp("tiny") / "run"))
    songs = np.stack([plain.predict(tone(hertz, 3.0)).embedding for hertz in range(100, 240, 10)])
    likeness = fit_likeness(songs, np.arange(len(songs)) % 2)
    return replace(plain, likeness=with_limit(likeness, likeness.distances(songs)))


def test_a_song_like_those_learned_from_is_named(predictor: Predictor) -> None:
    prediction = predictor.predict(tone(155, 6.0))
    assert (prediction.genre, prediction.decision, prediction.unlike) == ("low", "genre", "")


def test_far_from_all_songs_is_not_sure_however_probable(predictor: Predictor) -> None:
    prediction = predictor.predict(tone(6000, 6.0))
    assert prediction.confidence > 0.9
    assert (prediction.genre, prediction.decision, prediction.unlike) == ("high", "not_sure", "far from the training songs")
    assert "times as far from them as songs of their kind may lie" in prediction.reason
    assert prediction.to_dict()["unlike"] == "far from the training songs"
    likeness = predictor.likeness
    assert likeness is not None
    assert likeness.limit != pytest.approx(1, abs=0.05)
    share = likeness.distances(prediction.embedding[None])[0] / likeness.limit
    assert prediction.evidence.distance == pytest.approx(share, rel=1e-6)
    assert f"{share:.1f} times" in prediction.reason
    assert prediction.tags == ()
    named = replace(predictor, likeness=None).predict(tone(6000, 6.0))
    assert (named.decision, named.unlike) == ("genre", "")
    np.testing.assert_array_equal(named.posterior, prediction.posterior)


def test_a_long_song_is_judged_by_its_mean(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces or as a whole: the distance is that of the mean embedding."""
    clip = Clip(np.concatenate([tone(155, 9.0).y, tone(6000, 3.0).y]), 22050)
    whole = predictor.predict(clip)
    monkeypatch.setattr("genre_core.features.together.BATCH", 2)
    assert predictor.predict(clip).reason == whole.reason


def test_silence_is_said_before_all_else(predictor: Predictor) -> None:
    prediction = predictor.predict(Clip(np.zeros(3 * 22050, np.float32), 22050))
    assert (prediction.genre, prediction.decision, prediction.unlike) == (None, "not_sure", "silence")
    assert prediction.tags == ()  # nothing was heard, so the pretrained net has nothing to call it


def sure(*inputs: np.ndarray) -> Scores:
    """A classifier that is sure of everything."""
    rows = np.tile(np.array([[9.0, 0.0, 0.0]], np.float32), (len(inputs[0]), 1))
    return Scores(rows, np.tile(np.array([[1.0, 0.0, 0.0]], np.float32), (len(rows), 1)), rows)


def test_noise_on_the_preset_gaussian_is_no_music_and_has_tags() -> None:
    prediction = Predictor(GENRES, GAUSSIAN, MODELS["transfer"].segments, sure).predict(noise(7.0))
    assert (prediction.confidence, prediction.decision, prediction.unlike) == (1.0, "not_sure", "no music")
    assert "As music it would come nearest to high." in prediction.reason
    assert len(prediction.tags) == 50
    assert all(0 < chance < 1 for _, chance in prediction.tags)


def test_a_run_that_asks_no_net_knows_neither(predictor: Predictor) -> None:
    plain = Predictor(GENRES, (LogMel(n_mels=32),), predictor.segments, predictor.classifier)
    prediction = plain.predict(noise(4.0))
    assert (prediction.unlike, prediction.tags) == ("", ())
