import json
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from genre_core.errors import ParameterError
from genre_core.evaluation.definitions import GENRE_SCORE_SPECS, SCORE_SPECS, SCORES
from genre_core.evaluation.metrics import ScoreReport, confusion, scores, unsaid
from genre_core.evaluation.reliability import reliability

GENRES = ("blues", "jazz", "metal", "pop", "rock")


def posteriors(rng, n, *, digits=None):
    p = rng.dirichlet(np.full(len(GENRES), 0.5), size=n) + 1e-4  # ours and scikit-learn's floors under a logarithm differ
    p /= p.sum(axis=1, keepdims=True)
    if digits is not None:  # ties
        p = np.round(p, digits) + 0.01
        p /= p.sum(axis=1, keepdims=True)
    return p


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), n=st.integers(15, 80), digits=st.sampled_from([None, 1]))
def test_every_score_is_scikit_learns(seed, n, digits):
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(5), np.arange(5), rng.integers(0, 5, n - 10)]
    p = posteriors(rng, n, digits=digits)
    pred, hot = p.argmax(axis=1), np.eye(5)[y]
    report = scores(y, p, GENRES)
    expected = {
        "accuracy": reference.accuracy_score(y, pred),
        "balanced_accuracy": reference.balanced_accuracy_score(y, pred),
        "macro_f1": reference.f1_score(y, pred, average="macro", zero_division=0),
        "mean_average_precision": reference.average_precision_score(hot, p, average="macro"),
        "micro_average_precision": reference.average_precision_score(hot, p, average="micro"),
        "roc_auc": reference.roc_auc_score(hot, p, average="macro"),
        "log_loss": reference.log_loss(y, p),
        "brier": reference.brier_score_loss(y, p, scale_by_half=False),
        "mcc": reference.matthews_corrcoef(y, pred),
        "calibration_error": reliability(y, p).error,
    }
    if digits is None:  # of equal probabilities scikit-learn takes the later genre, argmax the earlier
        expected["top2"] = reference.top_k_accuracy_score(y, p, k=2)
        first_three = np.where(np.argsort(np.argsort(-p, axis=1), axis=1) < 3, p, 0.0)  # the others share the last place, of five
        ranked = reference.label_ranking_average_precision_score(hot, first_three)
        expected["map_at_3"] = ranked - (1 - reference.top_k_accuracy_score(y, p, k=3)) / 5
        expected["top3"] = reference.top_k_accuracy_score(y, p, k=3)
    for name, value in expected.items():
        assert getattr(report, name) == pytest.approx(value, abs=1e-9), name
    precision, recall, f1, support = reference.precision_recall_fscore_support(y, pred, zero_division=0)
    for index, row in enumerate(report.genres):
        assert row.support == support[index]
        assert row.recall == pytest.approx(recall[index])
        assert row.f1 == pytest.approx(f1[index])
        assert row.average_precision == pytest.approx(reference.average_precision_score(hot[:, index], p[:, index]))
        assert row.roc_auc == pytest.approx(reference.roc_auc_score(hot[:, index], p[:, index]))
        if row.predicted:
            assert row.precision == pytest.approx(precision[index])
        else:
            assert row.precision is None


def test_a_case_by_hand():
    p = np.array([[0.7, 0.2, 0.1, 0.0], [0.4, 0.5, 0.1, 0.0], [0.1, 0.6, 0.3, 0.0], [0.3, 0.3, 0.3, 0.1]])
    report = scores(np.array([0, 0, 1, 3]), p, ("a", "b", "c", "d"))
    a, b, c, d = report.genres
    assert (report.n, report.accuracy, report.top3) == (4, 0.5, 0.75)
    assert (a.precision, a.recall, a.f1) == (0.5, 0.5, 0.5)
    assert (b.precision, b.recall, b.f1) == (0.5, 1.0, pytest.approx(2 / 3))
    assert (c.precision, c.recall, c.f1, c.average_precision, c.roc_auc) == (None,) * 5
    assert (d.precision, d.recall, d.f1) == (None, 0.0, 0.0)
    assert "nothing scored here is c" in c.reason
    assert d.reason == "d is never predicted: no precision"
    assert report.macro_f1 == pytest.approx((0.5 + 2 / 3 + 0) / 3)
    assert report.balanced_accuracy == pytest.approx((0.5 + 1 + 0) / 3)
    assert report.log_loss == pytest.approx(-np.log([0.7, 0.4, 0.6, 0.1]).mean())
    assert report.top2 == 0.75  # c before the fourth row's d: equal probabilities keep the order of the genres
    assert report.map_at_3 == pytest.approx((1 + 1 / 2 + 1 + 0) / 4)
    assert report.brier == pytest.approx((0.14 + 0.62 + 0.26 + 1.08) / 4)
    gaps = [abs(0.3 - 0), abs(0.5 - 0), abs(0.6 - 1), abs(0.7 - 1)]  # each verdict in a bin of its own
    assert report.calibration_error == pytest.approx(np.mean(gaps))
    # support 2, 1, 0, 1 and predicted 2, 2, 0, 0 of four, two right: (2 * 4 - 6) / sqrt((16 - 6) (16 - 8))
    assert report.mcc == pytest.approx(2 / np.sqrt(80))


def test_a_genre_of_which_nothing_is_judged_has_no_f1_and_leaves_the_mean():
    y, p = np.array([0, 0, 1, 1]), np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7]])
    report = scores(y, p, ("blues", "jazz", "pop"))
    pop = report.genres[2]
    assert (pop.support, pop.predicted, pop.precision, pop.recall, pop.f1) == (0, 2, 0.0, None, None)
    assert report.macro_f1 == pytest.approx(reference.f1_score(y, p.argmax(axis=1), labels=np.unique(y), average="macro"))
    assert "means over genres leave it out" in pop.reason
    assert unsaid(report) == {f"{pop.reason}.": "pop"}
    p = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.7, 0.2, 0.1]])
    assert unsaid(scores(np.array([0, 1, 2]), p, ("blues", "jazz", "pop"))) == {"never predicted: no precision.": "jazz, pop"}


def test_one_genre_alone_has_no_area_and_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = scores(np.zeros(4, int), np.tile([0.6, 0.4], (4, 1)), ("a", "b"))
    assert (report.roc_auc, report.top2, report.top3, report.mcc) == (None,) * 4
    assert set(report.reasons) == {"roc_auc", "top2", "top3", "mcc"}
    assert report.map_at_3 == 1
    assert "NaN" not in json.dumps(report.to_dict())


def test_a_sure_error_costs_much_but_not_infinitely_much():
    assert 15 < scores(np.array([1]), np.array([[1.0, 0.0]]), ("a", "b")).log_loss < 17
    assert scores(np.array([0]), np.array([[1.0, 0.0]]), ("a", "b")).log_loss == 0


def test_one_genre_named_whatever_is_played_follows_nothing():
    p = np.tile([0.6, 0.4], (4, 1))
    assert scores(np.array([0, 0, 1, 1]), p, ("a", "b")).mcc == 0


def test_a_report_of_former_days_is_read_and_says_none_of_what_it_lacks():
    rng = np.random.default_rng(1)
    values = scores(rng.integers(0, 5, 30), posteriors(rng, 30), GENRES).to_dict()
    later = ("top2", "map_at_3", "calibration_error", "brier", "mcc")
    former = ScoreReport.from_dict({name: value for name, value in values.items() if name not in later})
    assert {getattr(former, name) for name in later} == {None}
    assert former.accuracy == values["accuracy"]


def test_each_score_has_a_definition_in_the_glossary_and_a_source():
    specs = (*SCORE_SPECS.values(), *GENRE_SCORE_SPECS.values())
    assert {spec.name for spec in SCORE_SPECS.values()} == set(SCORES)
    fields = ScoreReport.__dataclass_fields__
    assert set(SCORES) == set(fields) - {"n", "genres", "reasons", "intervals"}
    glossary = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = {name for line in glossary.splitlines() for name in line.strip("| ").split(" | ")[0].split(", ")}
    for spec in specs:
        assert spec.term in terms, spec.name
        assert re.search(r"[A-Z].*(19|20)\d\d", spec.source), spec.name


def test_a_report_survives_json():
    rng = np.random.default_rng(1)
    report = scores(rng.integers(0, 5, 30), posteriors(rng, 30), GENRES)
    assert ScoreReport.from_dict(json.loads(json.dumps(report.to_dict(), allow_nan=False))) == report
    with pytest.raises(ParameterError, match="score report"):
        ScoreReport.from_dict({"n": 3})


def test_confusion_has_the_truth_in_its_rows():
    matrix = confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3)
    np.testing.assert_array_equal(matrix, [[1, 1, 0], [0, 1, 0], [0, 1, 0]])


@pytest.mark.parametrize(
    ("y", "p", "words"),
    [
        ([], np.zeros((0, 2)), "nothing to score"),
        ([0, 2], np.full((2, 2), 0.5), r"must lie in \[0, 1\]"),
        ([0.0, 1.0], np.full((2, 2), 0.5), "whole numbers"),
        ([0], np.full((2, 2), 0.5), "shape"),
        ([0, 1], np.full((2, 2), np.nan), "finite"),
        ([0, 1], np.full((2, 2), 0.7), "sum to one"),
    ],
)
def test_what_cannot_be_scored_is_refused(y, p, words):
    y = np.array(y, dtype=int) if not len(y) else np.array(y)
    with pytest.raises(ParameterError, match=words):
        scores(y, p, ("a", "b"))


def test_confusion_refuses_what_does_not_fit():
    with pytest.raises(ParameterError, match="one shape"):
        confusion(np.array([0, 1]), np.array([0]), 2)
    with pytest.raises(ParameterError, match="y_pred must lie"):
        confusion(np.array([0, 1]), np.array([0, 2]), 2)
