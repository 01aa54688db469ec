"""Doubtful labels: one flipped label among sure ones, a recording with two labels, a stranger among its neighbours."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.datasets.checks import Pair
from genre_core.errors import ParameterError
from genre_core.evaluation.predictions import Predictions
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.label_issues import KINDS, N_NEAR, support, suspects, suspects_csv
from tests.inspection.points import clouds

GENRES = ("blues", "jazz", "rock")


def said(y_true: list[int], posteriors: np.ndarray) -> Predictions:
    """One segment a track; tracks are called t0, t1 and so on."""
    n = len(y_true)
    ids = np.array([f"t{number}" for number in range(n)])
    return Predictions(GENRES, ids, y_true, np.arange(n), np.zeros(n), np.full(n, 3.0), posteriors.astype(np.float32))


def sure_of(named: list[int], sure: float = 0.9) -> np.ndarray:
    return np.where(np.arange(3) == np.array(named)[:, None], sure, (1 - sure) / 2)


TRUE = [0] * 10 + [1] * 10 + [2] * 10


def with_label(number: int, genre: int) -> list[int]:
    return [genre if place == number else y for place, y in enumerate(TRUE)]


def test_one_flipped_label_is_the_only_one_that_is_doubted() -> None:
    [found] = suspects(said(with_label(3, 2), sure_of(TRUE)))
    assert (found.track_id, found.given, found.suggested, found.kinds) == ("t3", "rock", "blues", ("model",))
    assert found.quality == pytest.approx(0.05)
    assert found.reasons == ("A model that never heard it calls it blues (0.90; rock 0.05).",)


def test_where_the_model_agrees_with_every_label_none_is_doubted() -> None:
    assert suspects(said(TRUE, sure_of(TRUE))) == []


def test_a_wavering_model_doubts_less_than_a_sure_one() -> None:
    """Northcutt's threshold is the mean confidence in a genre: one track called otherwise just so is no error of its label."""
    posteriors = sure_of(TRUE)
    posteriors[3] = [0.45, 0.1, 0.45 + 1e-3]
    posteriors[3] /= posteriors[3].sum()
    assert suspects(said(TRUE, posteriors)) == []


def test_support_is_the_probability_of_the_label() -> None:
    np.testing.assert_allclose(support(said([0, 1, 2], np.array([[0.7, 0.2, 0.1]] * 3))), [0.7, 0.2, 0.1], rtol=1e-6)


def test_of_a_recording_with_two_labels_both_are_doubted_first() -> None:
    pairs = [Pair("t0", "t10", "near", 0.8, 0.0), Pair("t1", "t2", "exact", 1.0, 0.0), Pair("t4", "elsewhere", "exact", 1.0, 0.0)]
    found = suspects(said(with_label(3, 2), sure_of(TRUE)), duplicates=pairs, labels={"elsewhere": "pop"})
    assert [(its.track_id, its.suggested) for its in found] == [("t0", "jazz"), ("t10", "blues"), ("t4", "pop"), ("t3", "blues")]
    assert [its.kinds for its in found] == [("conflict",)] * 3 + [("model",)]
    assert found[0].reasons == ("It holds the same recording as t10, which is labelled jazz: one of the two is wrong.",)


def test_a_stranger_among_its_neighbours_is_an_outlier() -> None:
    values, genres = clouds(14)
    y_true = genres.tolist()
    y_true[5] = 2  # lies among those of genre 0
    ids = tuple(f"t{number}" for number in range(len(y_true)))
    sure_of_labels = said(y_true, sure_of(y_true))
    [found] = suspects(sure_of_labels, embeddings=TrackEmbeddings(ids, values.astype(np.float32), ""))
    assert (found.track_id, found.kinds, found.suggested) == ("t5", ("outlier",), "blues")
    assert found.reasons == ("Of the 10 tracks nearest to it, 10 are blues and none rock.",)


def test_what_model_and_neighbours_doubt_comes_before_what_one_of_them_doubts() -> None:
    """Two flipped labels: the model sees through both, the neighbours through one, since the other lies among its new genre."""
    values, genres = clouds(14)
    truth = genres.tolist()
    y_true = list(truth)
    y_true[5] = y_true[6] = 2
    values[6] = values[30]
    ids = tuple(f"t{number}" for number in range(len(y_true)))
    first, second = suspects(said(y_true, sure_of(truth)), embeddings=TrackEmbeddings(ids, values.astype(np.float32), ""))
    assert (first.track_id, first.kinds, first.near) == ("t5", ("model", "outlier"), 0.0)
    assert first.doubt == pytest.approx(1 - (0.05 + 0) / 2)
    assert (second.track_id, second.kinds) == ("t6", ("model",))
    assert second.doubt < first.doubt
    alone = {its.track_id: its.doubt for its in suspects(said(y_true, sure_of(truth)))}
    assert alone["t5"] == alone["t6"] == pytest.approx(0.95)


def test_too_few_tracks_have_no_outliers() -> None:
    values, genres = clouds(N_NEAR // 3)
    ids = tuple(f"t{number}" for number in range(len(genres)))
    few = said(genres.tolist(), sure_of(genres.tolist()))
    assert suspects(few, embeddings=TrackEmbeddings(ids, values.astype(np.float32), "")) == []


def test_what_speaks_twice_is_one_suspect_with_two_reasons() -> None:
    pairs = [Pair("t3", "t11", "near", 0.8, 0.0)]
    found = {its.track_id: its for its in suspects(said(with_label(3, 2), sure_of(TRUE)), duplicates=pairs)}
    assert found["t3"].kinds == ("conflict", "model")
    assert found["t3"].suggested == "jazz"  # what another label says counts for more than what a model says
    assert len(found["t3"].reasons) == 2


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_list_is_in_order_and_suggests_another_genre(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y_true = [0, 1, 2, *rng.integers(0, 3, 27).tolist()]
    posteriors = rng.dirichlet(np.ones(3), 30)
    found = suspects(said(y_true, posteriors))
    assert all(its.suggested != its.given == GENRES[y_true[int(its.track_id[1:])]] for its in found)
    assert [its.quality for its in found] == sorted(its.quality for its in found)
    assert len({its.track_id for its in found}) == len(found)


def test_labels_of_one_genre_cannot_be_told_apart() -> None:
    with pytest.raises(ParameterError, match=r"at least two genres. Received: 2 tracks of jazz\."):
        suspects(said([1, 1], sure_of([1, 0])))


def test_the_table_holds_what_the_list_holds() -> None:
    found = suspects(said(with_label(3, 2), sure_of(TRUE)))
    [row] = csv.DictReader(io.StringIO(suspects_csv(found)))
    assert row == {
        "track_id": "t3",
        "given": "rock",
        "suggested": "blues",
        "doubt": "0.950000",
        "support": "0.050000",
        "near": "",
        "kinds": "model",
        "reasons": found[0].reasons[0],
    }
    assert set(found[0].kinds) <= set(KINDS)
