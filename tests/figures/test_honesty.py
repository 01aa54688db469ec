"""Reliability and coverage from arrays: bars, marks, words on the axes, what a click gives."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.evaluation.coverage import coverage as find_coverage
from genre_core.evaluation.intervals import Interval, groups_of
from genre_core.evaluation.reliability import bin_intervals
from genre_core.evaluation.reliability import reliability as find_bins
from pages.figures.honesty import coverage, reliability

SURE = np.array([0.55, 0.65, 0.65, 0.95, 0.95, 0.95, 0.95])
RIGHT = np.array([True, True, False, True, True, True, False])
P = np.stack([SURE, 1 - SURE], axis=1)
Y = (~RIGHT).astype(int)


def test_reliability_has_a_bar_where_there_are_verdicts():
    bins = find_bins(Y, P)
    fig = reliability(bins, bin_intervals(Y, P, groups_of(7)))
    right, said, many = fig.data
    assert right.x == pytest.approx((0.55, 0.65, 0.95))
    assert right.y == pytest.approx((1, 0.5, 0.75))
    assert many.y == (1, 2, 4)
    assert said.x == said.y == pytest.approx((0.55, 0.65, 0.95))
    assert [list(ends) for ends in right.customdata] == [[0.5, 0.6], [0.6, 0.7], [0.9, 1.0]]
    assert right.customdata == many.customdata
    assert right.error_y.array[0] == 0  # one verdict: no interval
    assert "an interval needs several" in right.text[0]
    assert right.error_y.array[2] + 0.75 <= 1
    assert right.error_y.arrayminus[2] > 0
    assert right.text[1].startswith("2 tracks said with 0.60 to 0.70, 0.65 on average")


def test_reliability_says_what_its_axes_are_and_where_honesty_lies():
    fig = reliability(find_bins(Y, P), bin_intervals(Y, P, groups_of(7)), what="segments")
    assert fig.layout.xaxis.title.text == "Confidence: probability of the genre that was named"
    assert fig.layout.yaxis.title.text == "Share that is right"
    assert fig.layout.yaxis2.title.text == "Segments"
    assert fig.layout.yaxis2.domain[1] < fig.layout.yaxis.domain[0]
    [diagonal] = fig.layout.shapes
    assert (diagonal.x0, diagonal.y0, diagonal.x1, diagonal.y1) == (0, 0, 1, 1)


def test_coverage_marks_the_threshold_and_bands_what_has_an_interval():
    rng = np.random.default_rng(0)
    posteriors, y_true = rng.dirichlet(np.ones(3), 60), rng.integers(0, 3, 60)
    found = find_coverage(y_true, posteriors, groups_of(60))
    fig = coverage(found)
    band, line, mark = fig.data
    assert band.fill == "toself"
    place = found.at(0.5)
    assert (mark.x[0], mark.y[0]) == (found.share[place], found.accuracy[place].value)
    assert fig.layout.annotations[0].text == (
        f"threshold 0.5: {found.share[place]:.0%} named, {found.accuracy[place].value:.0%} of them right"
    )
    assert line.customdata[place][0] == 0.5
    assert line.text[place].startswith(f"needs a probability of 0.50: {found.n_named[place]} tracks named")
    assert (line.x[0], line.y[0]) == (1, found.accuracy[0].value)
    assert fig.layout.xaxis.title.text == "Coverage: share of the tracks that get a verdict"
    assert fig.layout.yaxis.title.text == "Share of these verdicts that is right"


def test_coverage_of_which_nothing_reaches_the_threshold_has_no_mark():
    found = find_coverage(np.array([0]), np.array([[0.4, 0.3, 0.3]]), groups_of(1))
    fig = coverage(found)
    assert [trace.name for trace in fig.data] == ["accuracy"]
    assert not fig.layout.annotations
    assert isinstance(found.accuracy[0], Interval)
    assert found.accuracy[0].low is None
