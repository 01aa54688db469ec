"""Music or not, by what the pretrained net hears."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path

import numpy as np
import pytest

from genre_core import paths
from genre_core.datasets.synthesis import synthesise
from genre_core.errors import FeatureError
from genre_core.features.base import segment_features
from genre_core.features.hearing import Ears
from genre_core.features.is_music import FILE, SHA256, MusicCheck, can_tell, open_check
from genre_core.features.musicnn import Backbone
from genre_core.features.spectral import LogMel
from genre_core.models import MODELS
from genre_core.shipped.sounds import computed

EAR = Backbone(layer="mean_pool", even_level=True)
SEGMENTS = MODELS["transfer"].segments


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of nets that holds a copy of the check alone."""
    shutil.copy(paths.BACKBONES / FILE, tmp_path)
    monkeypatch.setattr(paths, "BACKBONES", tmp_path)
    return tmp_path / FILE


# The check


def test_noise_tones_and_silence_are_told_from_songs() -> None:
    check = open_check()
    sounds = list(computed())[1::4]
    assert {sound.kind for sound in sounds} == {"noise", "tones", "silence"}
    for sound in sounds:
        values = segment_features(sound.clip.slice(0, 3.0), EAR, SEGMENTS).values
        assert check.log_odds(values).mean() < 0, sound.name
    for genre in ("blues", "classical", "disco"):
        clip = synthesise(genre, 0, seconds=4.0, seed=1)
        assert check.log_odds(segment_features(clip, EAR, SEGMENTS).values).mean() > 0, genre


def test_the_check_is_a_weighted_sum() -> None:
    check = MusicCheck(np.array([1.0, -2.0], np.float32), 0.5)
    np.testing.assert_allclose(check.log_odds(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])), [1.5, -1.5, 0.5])
    with np.load(io.BytesIO(check.content()), allow_pickle=False) as stored:
        np.testing.assert_array_equal(stored["weights"], check.weights)
        assert float(stored["offset"]) == 0.5
    assert check.content() == check.content()


def test_what_ships_is_what_is_meant() -> None:
    content = (paths.BACKBONES / FILE).read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert open_check().weights.shape == EAR.shape(48000)
    assert open_check() is open_check()


def test_a_missing_check_is_told(elsewhere: Path) -> None:
    elsewhere.unlink()
    with pytest.raises(FeatureError, match=r"Expected the check for music in .*no such file.*docs/shipped\.md"):
        Ears([EAR])


def test_an_altered_check_is_refused(elsewhere: Path) -> None:
    content = bytearray(elsewhere.read_bytes())
    content[len(content) // 2] ^= 1
    elsewhere.write_bytes(content)
    with pytest.raises(FeatureError, match=rf"The check for music must have the SHA-256 {SHA256[:12]}.*altered or damaged"):
        Ears([EAR])


@pytest.mark.parametrize(
    "feature",
    [
        Backbone(),
        Backbone(layer="mean_pool"),
        Backbone(even_level=True),
        Backbone(layer="max_pool", even_level=True),
        Backbone(layer="mean_pool", even_level=True, spread=True),
        LogMel(),
    ],
)
def test_other_features_tell_nothing_of_it(feature: object) -> None:
    assert not can_tell(feature)  # type: ignore[arg-type]
    assert can_tell(EAR)


# What is heard beside a model


@pytest.mark.usefixtures("elsewhere")
def test_where_nobody_asks_the_net_nothing_is_opened(tmp_path: Path) -> None:
    (tmp_path / FILE).unlink()
    for features in ((LogMel(),), (Backbone(),), (Backbone(layer="penultimate"), LogMel())):
        ears = Ears(features)
        assert (ears.music, ears.tags) == (None, ())


def test_music_is_the_mean_of_all_segments() -> None:
    values = np.random.default_rng(0).normal(size=(5, 753)).astype(np.float32)
    ears = Ears([LogMel(), EAR])
    for part in (values[:2], values[2:]):
        ears.listen([np.zeros((len(part), 128, 130), np.float32), part])
    assert ears.music == pytest.approx(float(open_check().log_odds(values).mean()), rel=1e-5)
    assert ears.tags == ()


def test_tags_are_mean_probabilities_most_probable_first() -> None:
    odds = np.random.default_rng(1).normal(size=(4, 50)).astype(np.float32)
    ears = Ears([Backbone(), EAR])
    for part in (odds[:1], odds[1:]):
        ears.listen([part, np.zeros((len(part), 753), np.float32)])
    mean = (1 / (1 + np.exp(-odds.astype(np.float64)))).mean(axis=0)
    assert dict(ears.tags) == pytest.approx(dict(zip(Backbone().rows, mean, strict=True)))
    assert [chance for _, chance in ears.tags] == sorted(mean, reverse=True)


def test_deviations_are_no_tags() -> None:
    ears = Ears([Backbone(spread=True)])
    ears.listen([np.zeros((2, 100), np.float32)])
    assert ears.tags == ()
