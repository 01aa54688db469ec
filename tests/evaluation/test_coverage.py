from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.evaluation.coverage import coverage
from genre_core.evaluation.intervals import groups_of
from genre_core.evaluation.verdict import Evidence, decide


def verdicts(sure: list[float], right: list[bool]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([0 if its else 1 for its in right]), np.array([[p, 1 - p] for p in sure], np.float32)


def test_verdicts_leave_as_the_threshold_rises():
    y_true, posteriors = verdicts([0.625, 0.75, 0.875, 0.9375], [False, True, False, True])
    found = coverage(y_true, posteriors, groups_of(4))
    half, most = found.at(0.5), found.at(0.9)
    assert (found.share[half], found.n_named[half], found.accuracy[half].value) == (1, 4, 0.5)
    assert (found.share[most], found.n_named[most], found.accuracy[most].value) == (0.25, 1, 1)
    assert found.accuracy[found.at(0.7)].value == pytest.approx(2 / 3)
    assert found.at(0.94) is None  # nothing is so sure
    assert found.threshold[-1] == 0.93
    assert found.share[found.at(0.75)] == 0.75  # at the threshold is enough, as in a verdict
    assert decide(("a", "b"), posteriors[1], 0.75, Evidence()).decision == "genre"
    assert "Only one of the tracks has this confidence" in found.accuracy[most].reason
    json.dumps(found.to_dict(), allow_nan=False)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 40))
def test_equals_a_loop_over_thresholds(seed, n):
    rng = np.random.default_rng(seed)
    posteriors, y_true = rng.dirichlet(np.ones(3), n), rng.integers(0, 3, n)
    found = coverage(y_true, posteriors, groups_of(n, [f"a{number}" for number in rng.integers(0, 5, n)]), n_resamples=50)
    for threshold, share, n_named, accuracy in zip(found.threshold, found.share, found.n_named, found.accuracy, strict=True):
        its = [row for row in range(n) if max(posteriors[row]) >= threshold]
        assert (n_named, share) == (len(its), pytest.approx(len(its) / n))
        assert accuracy.value == pytest.approx(np.mean([np.argmax(posteriors[row]) == y_true[row] for row in its]))
        assert accuracy.reason if accuracy.low is None else accuracy.low <= accuracy.value <= accuracy.high
    assert found.share[0] == 1
    assert (np.diff(found.share) <= 0).all()


def test_the_whole_equals_the_accuracy_with_its_interval():
    from genre_core.evaluation.judging import Level, judge_levels

    rng = np.random.default_rng(0)
    posteriors, y_true = rng.dirichlet(np.ones(4), 60), rng.integers(0, 4, 60)
    groups = groups_of(60, [f"a{number // 3}" for number in range(60)])
    [report] = judge_levels([Level(y_true, posteriors, groups.of_track)], groups, tuple("abcd"))
    first = coverage(y_true, posteriors, groups).accuracy[0]
    assert first.low == pytest.approx(report.intervals["accuracy"].low)
    assert first.high == pytest.approx(report.intervals["accuracy"].high)


def test_nothing_to_look_at_is_told():
    with pytest.raises(ParameterError, match="Received: 0 verdicts, 0 groups"):
        coverage(np.zeros(0, int), np.zeros((0, 2)), groups_of(0))
    with pytest.raises(ParameterError, match="Received: 2 verdicts, 3 groups"):
        coverage(np.zeros(2, int), np.full((2, 2), 0.5), groups_of(3))
