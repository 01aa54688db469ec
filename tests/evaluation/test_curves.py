import json

import numpy as np
import pytest
from sklearn import metrics as reference

from genre_core.evaluation.curves import MAX_POINTS, pr_curves, roc_curves, spread


@pytest.fixture(scope="module")
def judged():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 120)
    p = rng.dirichlet([0.6] * 4, size=120)
    p[np.arange(120), y] += 0.3
    return y, np.round(p / p.sum(axis=1, keepdims=True), 4).astype(np.float64)


def test_curves_are_scikit_learns(judged):
    y, p = judged
    pr, roc = pr_curves(y, p, "abcd"), roc_curves(y, p, "abcd")
    assert [curve.genre for curve in pr] == [curve.genre for curve in roc] == ["a", "b", "c", None]
    for index, (found, area) in enumerate(zip(pr[:3], roc[:3], strict=True)):
        precision, recall, _ = reference.precision_recall_curve(y == index, p[:, index])
        assert found.average_precision == pytest.approx(reference.average_precision_score(y == index, p[:, index]))
        assert found.prevalence == pytest.approx((y == index).mean())
        # Scikit-learn's curve runs backwards, from recall 1 to the point (0, 1).
        np.testing.assert_allclose(found.recall, recall[::-1])
        np.testing.assert_allclose(found.precision, precision[::-1])
        fpr, tpr, _ = reference.roc_curve(y == index, p[:, index], drop_intermediate=False)
        np.testing.assert_allclose(area.false_positive_rate, fpr)
        np.testing.assert_allclose(area.true_positive_rate, tpr)
        assert area.area == pytest.approx(reference.roc_auc_score(y == index, p[:, index]))


def test_a_threshold_gives_the_point_it_stands_at(judged):
    y, p = judged
    curve = pr_curves(y, p, "abcd")[0]
    for recall, precision, threshold in list(zip(curve.recall, curve.precision, curve.threshold, strict=True))[1:]:
        chosen = p[:, 0] >= threshold
        assert precision == pytest.approx((y[chosen] == 0).mean())
        assert recall == pytest.approx((y[chosen] == 0).sum() / (y == 0).sum())


def test_a_perfect_model_has_perfect_curves():
    y = np.array([0, 1, 0, 1])
    p = np.eye(2)[y]
    assert [curve.average_precision for curve in pr_curves(y, p, "ab")] == [1.0, 1.0, 1.0]
    assert [curve.area for curve in roc_curves(y, p, "ab")] == [1.0, 1.0, 1.0]


def test_equal_scores_are_guessing():
    y = np.array([0, 1, 1, 1])
    p = np.full((4, 2), 0.5)
    assert pr_curves(y, p, "ab")[0].average_precision == 0.25
    assert roc_curves(y, p, "ab")[0].area == 0.5


def test_long_curves_keep_their_shape_in_few_points():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 20_000)
    score = np.clip(rng.normal(0.4 + 0.2 * y, 0.2), 0, 1)
    p = np.stack([1 - score, score], axis=1)
    curve = roc_curves(y, p, "ab")[1]
    assert curve.false_positive_rate.size <= MAX_POINTS
    fpr, tpr, _ = reference.roc_curve(y, score)
    np.testing.assert_allclose(np.interp(fpr, curve.false_positive_rate, curve.true_positive_rate), tpr, atol=0.01)
    assert curve.area == pytest.approx(reference.roc_auc_score(y, score))
    assert len(json.dumps(curve.to_dict(), allow_nan=False)) < 30_000


def test_spread_keeps_both_ends():
    x = np.linspace(0, 1, 5000)
    kept = spread(x, x**2, 100)
    assert (kept[0], kept[-1]) == (0, 4999)
    assert kept.size <= 100
