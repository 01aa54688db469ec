"""The check for music, taught on numbers that are made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.datasets.given import save_given
from genre_core.datasets.tracks import Dataset, Track
from genre_core.features.base import SegmentFeatures
from genre_core.paths import Root
from genre_core.shipped.music import BENEFIT, EAR, N_FOLDS, SEGMENTS, Heard, fit, heard, judge, songs_of
from genre_core.shipped.sounds import Sound

N_COLUMNS = 40
KINDS = np.array(["music"] * 60 + ["speech"] * 30 + ["noise"] * 10)


def known(seed: int = 0, *, apart: float = 4.0) -> Heard:
    """Music and two kinds of sounds; each kind has columns of its own in which it lies apart."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(len(KINDS), N_COLUMNS))
    values[KINDS == "speech", :20] += apart
    values[KINDS == "noise", 20:] += apart
    return Heard(values.astype(np.float32), KINDS, np.arange(len(KINDS)) % N_FOLDS)


def test_tells_music_from_the_rest() -> None:
    it = known()
    check = fit(it.values, it.kinds)
    others = known(1)
    says_music = check.log_odds(others.values) > 0
    assert (says_music == (others.kinds == "music")).mean() > 0.9


def test_what_lies_in_the_middle_has_the_benefit_of_doubt() -> None:
    values = np.concatenate([np.full((10, 3), 1.0), np.full((10, 3), -1.0)])
    check = fit(values, np.repeat(["music", "noise"], 10))
    assert check.log_odds(np.zeros((1, 3)))[0] == pytest.approx(BENEFIT, abs=1e-3)
    assert BENEFIT >= 0


def test_music_counts_as_much_as_all_else_and_each_kind_the_same() -> None:
    """Ten times the speech, the same speech: the check stays, but for how the columns are scaled."""
    it = known()
    speech = it.kinds == "speech"
    values = np.concatenate([it.values, *[it.values[speech]] * 9])
    kinds = np.concatenate([it.kinds, *[it.kinds[speech]] * 9])
    once, often = fit(it.values, it.kinds), fit(values, kinds)
    at = known(2).values
    assert np.corrcoef(once.log_odds(at), often.log_odds(at))[0, 1] > 0.98
    assert abs(once.log_odds(at).mean() - often.log_odds(at).mean()) < 0.3


def test_weights_are_of_the_columns_as_they_are() -> None:
    """Columns in other units give the same answer."""
    it, scales = known(), np.geomspace(0.01, 100, N_COLUMNS).astype(np.float32)
    plain, scaled = fit(it.values, it.kinds), fit(it.values * scales + 3, it.kinds)
    np.testing.assert_allclose(scaled.log_odds(it.values * scales + 3), plain.log_odds(it.values), atol=0.02)


def test_is_judged_by_checks_that_have_not_heard_the_fold() -> None:
    it = known()
    found = judge(it)
    for fold in range(N_FOLDS):
        its = it.folds == fold
        without = fit(it.values[~its], it.kinds[~its])
        np.testing.assert_allclose(found.out_of_fold[its], without.log_odds(it.values[its]), rtol=1e-5)
    np.testing.assert_array_equal(found.check.weights, fit(it.values, it.kinds).weights)


def test_what_only_its_group_tells_is_not_known_out_of_fold() -> None:
    """Every group of sounds has a sign of its own: nearly all known once heard, hardly one by those who have not heard it."""
    rng = np.random.default_rng(0)
    folds = np.arange(100) % N_FOLDS
    kinds = np.where(np.arange(100) < 50, "music", "animals")
    values = rng.normal(size=(100, 20 * N_FOLDS))
    own = np.arange(20 * N_FOLDS) // 20 == folds[:, None]  # (n_sounds, n_columns)
    values[own & (kinds == "animals")[:, None]] += 6
    found = judge(Heard(values, kinds, folds))
    animals = kinds == "animals"
    assert (found.check.log_odds(values[animals]) < 0).mean() > 0.9
    assert (found.out_of_fold[animals] < 0).mean() < 0.1


def test_a_group_is_in_one_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(clip: Clip, feature: object, segments: object) -> SegmentFeatures:
        assert (feature, segments) == (EAR, SEGMENTS)
        rows = np.array([[clip.y[0], 0.0], [clip.y[0], 2.0]], np.float32)
        return SegmentFeatures(rows, np.zeros(2), np.ones(2))

    monkeypatch.setattr("genre_core.shipped.music.segment_features", answer)
    sounds = [
        Sound(kind, group, f"{group} {number}", Clip(np.full(100, 0.1 * number, np.float32), 22050))
        for kind, group in [("speech", "de"), ("speech", "fr"), ("words", "de"), *(("things", str(n)) for n in range(4))]
        for number in range(2)
    ]
    said: list[str] = []
    songs = [np.array([[1.0, 3.0], [3.0, 5.0]]), np.array([[7.0, 7.0]])]
    found = heard(songs, [3, 1], sounds, said.append)
    assert found.values.tolist()[:2] == [[2.0, 4.0], [7.0, 7.0]]
    np.testing.assert_allclose(found.values[2:4], [[0, 1], [0.1, 1]], atol=1e-6)
    assert found.kinds.tolist() == ["music"] * 2 + ["speech"] * 4 + ["words"] * 2 + ["things"] * 8
    assert found.folds.tolist() == [3, 1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 1, 1]
    assert said[-1] == "14 of 14 sounds heard"


def test_songs_that_were_not_heard_teach_nothing(tmp_path: Path) -> None:
    root, tracks, values = Root(tmp_path), [], {}
    for number in range(10):
        name = f"{('blues', 'rock')[number % 2]}.{number}"
        tracks.append(Track(name, name.split(".")[0], None, f"artist {number // 2}", 6.0, f"{number:064}"))
        rows = np.full((2, 753), number if number != 4 else np.nan, np.float32)
        values[name] = SegmentFeatures(rows, np.array([0.0, 3.0]), np.array([3.0, 6.0]))
    given = ({"feature": EAR.to_dict(), "segments": SEGMENTS.to_dict()},)
    dataset = Dataset("few", tuple(tracks), given=given)
    save_given(dataset, [values], root.datasets)
    ids, songs, folds = songs_of(dataset, root)
    assert ids == [track.id for track in tracks if not track.id.endswith(".4")]
    assert [song[0, 0] for song in songs] == [float(name.split(".")[1]) for name in ids]
    fold = dict(zip(ids, folds, strict=True))
    assert fold["blues.0"] == fold["rock.1"]
    assert len(set(folds)) > 1
