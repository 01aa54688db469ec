from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.predictions import BYTES_TOGETHER, SCORED_TOGETHER, Predictions, predict_tracks
from genre_core.features.base import SegmentFeatures
from genre_core.models.base import Scores

GENRES = ("blues", "jazz")


@pytest.fixture
def predictions():
    posteriors = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]], np.float32)
    starts = np.array([0.0, 3.0, 0.0])
    return Predictions(GENRES, ["a", "blues/Ä"], [0, 1], [0, 0, 1], starts, starts + 3, posteriors)


def test_a_track_is_the_mean_of_its_segments(predictions):
    np.testing.assert_allclose(predictions.posteriors, [[0.7, 0.3], [0.2, 0.8]], rtol=1e-6)
    assert predictions.posteriors.dtype == np.float32
    assert predictions.y_pred.tolist() == [0, 1]
    assert predictions.segment_y_true.tolist() == [0, 0, 1]
    assert predictions.segment_y_pred.tolist() == [0, 0, 1]


def test_saved_predictions_come_back_the_same(predictions, tmp_path):
    predictions.save(tmp_path / "p.npz")
    loaded = Predictions.load(tmp_path / "p.npz")
    for name, value in vars(predictions).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(loaded, name), value)
            assert getattr(loaded, name).dtype == value.dtype
    assert loaded.genres == GENRES
    assert [file.name for file in tmp_path.iterdir()] == ["p.npz"]


def test_no_pickle_is_written_or_read(predictions, tmp_path):
    np.savez(tmp_path / "p.npz", genres=np.array([{"a": 1}], dtype=object))
    with pytest.raises(RunError, match="damaged"):
        Predictions.load(tmp_path / "p.npz")


@pytest.mark.parametrize("kept", [0, 10, 300])
def test_a_damaged_file_is_named(predictions, tmp_path, kept):
    path = tmp_path / "p.npz"
    predictions.save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(RunError, match=r"p\.npz"):
        Predictions.load(path)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(RunError, match="Evaluate the run"):
        Predictions.load(tmp_path / "p.npz")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"y_true": np.array([0, 2])}, "genre indices from 0 to 1"),
        ({"y_true": np.array([0.0, 1.0])}, "whole numbers"),
        ({"segment_track": np.array([1, 1, 0])}, "ascend"),
        ({"segment_track": np.array([0, 0, 0])}, "at least one segment"),
        ({"segment_track": np.array([0, 1, 2])}, "ascend"),
        ({"segment_posteriors": np.array([[0.5, 0.5], [np.nan, 0.5], [1, 0]])}, "finite"),
        ({"segment_posteriors": np.array([[0.5, 0.5], [0.9, 0.9], [1, 0]])}, "sum to one"),
        ({"segment_posteriors": np.array([[0.5, 0.5], [1.5, -0.5], [1, 0]])}, "not be negative"),
        ({"segment_posteriors": np.ones((3, 1))}, "shape"),
        ({"start_seconds": np.array([0.0, np.inf, 0.0])}, "finite"),
        ({"end_seconds": np.zeros(2)}, "end_seconds must have shape"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(predictions, changes, words):
    with pytest.raises(ParameterError, match=words):
        replace(predictions, **changes)


def test_no_tracks_are_no_predictions():
    empty = np.zeros(0)
    with pytest.raises(ParameterError, match="at least one track"):
        Predictions(GENRES, [], empty, empty, empty, empty, np.zeros((0, 2)))


@given(st.lists(st.integers(1, 90), min_size=1, max_size=9), st.sampled_from([1, 500, 8000]))
@settings(max_examples=20, deadline=None)
def test_tracks_scored_together_stay_apart(lengths: list[int], width: int) -> None:
    waiting = [0]

    def features():
        for index, n_segments in enumerate(lengths):
            waiting[0] += 1
            values = np.zeros((n_segments, width), np.float32)
            values[:, 0] = (index + np.arange(n_segments) / n_segments) / len(lengths)  # each segment of each track another
            yield [SegmentFeatures(values, 3.0 * np.arange(n_segments), 3.0 * np.arange(n_segments) + 3)]

    asked = []

    def classifier(x):
        asked.append((waiting[0], len(x), x.nbytes))
        waiting[0] = 0
        p = np.stack([x[:, 0], 1 - x[:, 0]], axis=1)
        return Scores(p, p, x[:, :1])

    ids = [str(index) for index in range(len(lengths))]
    found = predict_tracks(classifier, features(), genres=GENRES, track_ids=ids, y_true=[0] * len(lengths))
    expected = [(index + place / count) / len(lengths) for index, count in enumerate(lengths) for place in range(count)]
    np.testing.assert_allclose(found.segment_posteriors[:, 0], expected, atol=1e-6)
    assert np.bincount(found.segment_track).tolist() == lengths
    for n_tracks, n_segments, n_bytes in asked:  # of several, the first ones alone were few segments and bytes
        assert n_tracks == 1 or (n_segments - 90 < SCORED_TOGETHER and n_bytes - 90 * 4 * width < BYTES_TOGETHER)


def test_predict_tracks_scores_each_track_lazily():
    seen = []

    def features():
        for n_segments in (2, 1):
            seen.append(n_segments)
            starts = 3.0 * np.arange(n_segments)
            yield [SegmentFeatures(np.full((n_segments, 4), n_segments / 4, np.float32), starts, starts + 3)]

    def classifier(x):
        p = np.stack([x[:, 0], 1 - x[:, 0]], axis=1)
        return Scores(p, p, x)

    found = predict_tracks(classifier, features(), genres=GENRES, track_ids=["a", "b"], y_true=[0, 1])
    assert seen == [2, 1]
    assert found.segment_track.tolist() == [0, 0, 1]
    np.testing.assert_allclose(found.posteriors, [[0.5, 0.5], [0.25, 0.75]])
    with pytest.raises(RunError, match="no posterior"):
        predict_tracks(lambda x: Scores(x, x[:, :2] * np.nan, x), features(), genres=GENRES, track_ids=["a", "b"], y_true=[0, 1])
