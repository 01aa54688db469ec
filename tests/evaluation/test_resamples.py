"""Scores under weights: parity with scikit-learn on repeated rows, and what a resample may lack."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from genre_core.evaluation.metrics import GENRE_SCORES, SCORES, scores
from genre_core.evaluation.reliability import reliability
from genre_core.evaluation.resamples import WeightedScores

GENRES = ("blues", "jazz", "metal", "pop", "rock")


def sample(seed, n, *, digits=None):
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(5), np.arange(5), rng.integers(0, 5, n - 10)]
    p = rng.dirichlet(np.full(5, 0.5), size=n) + 1e-4  # ours and scikit-learn's floors under a logarithm differ
    if digits is not None:  # ties
        p = np.round(p, digits) + 0.01
    return y, p / p.sum(axis=1, keepdims=True)


def expected(y, p):
    """scikit-learn's scores; only genres that occur count in the means."""
    hot, pred, occurs = np.eye(5)[y], p.argmax(axis=1), np.unique(y)
    precision, recall, f1, _ = reference.precision_recall_fscore_support(y, pred, labels=range(5), zero_division=0)
    by_genre = {
        "precision": np.where(np.isin(range(5), pred), precision, np.nan),
        "recall": recall,
        "f1": f1,
        "average_precision": [reference.average_precision_score(hot[:, g], p[:, g]) if g in occurs else np.nan for g in range(5)],
        "roc_auc": [reference.roc_auc_score(hot[:, g], p[:, g]) if g in occurs and len(occurs) > 1 else np.nan for g in range(5)],
    }
    by_genre = {name: np.where(np.isin(range(5), occurs), values, np.nan) for name, values in by_genre.items()}
    rank = (p > p[np.arange(len(y)), y][:, None]).sum(axis=1)
    tied = (p == p[np.arange(len(y)), y][:, None]) & (np.arange(5) < y[:, None])
    place = rank + tied.sum(axis=1)
    whole = {
        "accuracy": reference.accuracy_score(y, pred),
        "balanced_accuracy": np.nanmean(by_genre["recall"]),
        "macro_f1": np.nanmean(by_genre["f1"]),
        "mean_average_precision": np.nanmean(by_genre["average_precision"]),
        "micro_average_precision": reference.average_precision_score(hot.ravel(), p.ravel()),
        "roc_auc": np.nanmean(by_genre["roc_auc"]) if len(occurs) > 1 else np.nan,
        "top3": (place < 3).mean(),
        "log_loss": reference.log_loss(y, p, labels=range(5)),
        "top2": (place < 2).mean(),
        "map_at_3": np.where(place < 3, 1 / (place + 1), 0).mean(),
        "brier": reference.brier_score_loss(y, p, labels=range(5), scale_by_half=False),
        "calibration_error": reliability(y, p).error,
        "mcc": reference.matthews_corrcoef(y, pred) if len(occurs) > 1 else np.nan,
    }
    return whole, by_genre


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), n=st.integers(15, 60), digits=st.sampled_from([None, 1]), draws=st.integers(1, 60))
def test_weights_say_what_repeated_rows_say(seed, n, digits, draws):
    y, p = sample(seed, n, digits=digits)
    weights = np.random.default_rng(seed).multinomial(draws, np.full(n, 1 / n), size=3)
    whole, by_genre = WeightedScores(y, p)(weights.astype(float))
    assert set(whole) == set(SCORES)
    assert set(by_genre) == set(GENRE_SCORES)
    for number, row in enumerate(weights):
        whole_expected, genres_expected = expected(np.repeat(y, row), np.repeat(p, row, axis=0))
        for name, value in whole_expected.items():
            assert whole[name][number] == pytest.approx(value, abs=1e-9, nan_ok=True), name
        for name, values in genres_expected.items():
            np.testing.assert_allclose(by_genre[name][number], values, atol=1e-9, err_msg=name)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), n_genres=st.integers(2, 5), digits=st.sampled_from([None, 1]))
def test_equal_weights_give_the_point_estimates(seed, n_genres, digits):
    _, p = sample(seed, 20, digits=digits)
    y = np.random.default_rng(seed).integers(0, n_genres, 20)  # the last genres may occur nowhere, yet be predicted
    report = scores(y, p, GENRES)
    whole, by_genre = WeightedScores(y, p)(np.full((1, 20), 3.0))
    for name in SCORES:
        value = getattr(report, name)
        assert whole[name][0] == pytest.approx(np.nan if value is None else value, abs=1e-9, nan_ok=True), name
    for index, row in enumerate(report.genres):
        for name in GENRE_SCORES:
            value = getattr(row, name)
            assert by_genre[name][0, index] == pytest.approx(np.nan if value is None else value, nan_ok=True), name


def test_a_resample_without_a_genre_does_not_count_it():
    y = np.array([0, 0, 1, 1])
    p = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])
    whole, by_genre = WeightedScores(y, p)(np.array([[2.0, 2.0, 0.0, 0.0]]))  # jazz is predicted, and not there
    assert np.isnan(by_genre["f1"][0, 1])
    assert whole["macro_f1"][0] == pytest.approx(2 / 3)
    assert np.isnan(whole["roc_auc"][0])


def test_three_genres_have_no_top_three_and_two_no_top_two():
    whole, _ = WeightedScores(np.array([0, 1, 2]), np.eye(3) * 0.7 + 0.1)(np.ones((1, 3)))
    assert "top3" not in whole
    assert whole["top2"][0] == 1
    whole, _ = WeightedScores(np.array([0, 1]), np.eye(2) * 0.8 + 0.1)(np.ones((1, 2)))
    assert "top2" not in whole
