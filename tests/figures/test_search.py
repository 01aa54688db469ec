"""A search as pictures."""

import math
from dataclasses import replace

import pytest

from genre_core.evaluation.intervals import Interval
from pages.figures.compared import compared
from pages.figures.search import history, importance, slice_of
from pages.figures.theme import ACCENT, WARM
from tests.searched import TRIALS, searched


def test_history_has_every_trial_that_counts_and_the_best_so_far():
    fig = history(searched())
    best, trials, pruned, failed = fig.data
    assert (best.x, best.y) == ((1, 2, 5), (0.9, 0.6, 0.6))
    assert (trials.x, trials.y) == ((1, 2, 5), (0.9, 0.6, 0.7))
    assert (pruned.x, failed.x) == ((4,), (3,))
    assert pruned.y[0] > 0.9  # of a loss the worst is on top
    assert "trial 4: given up early after 3 epochs" in pruned.text[0]
    assert "Neighbours: 3" in trials.text[1]
    assert fig.layout.yaxis.title.text == "Valid log loss [nats]"
    assert (fig.layout.xaxis.dtick, fig.layout.yaxis.tickformat) == (1, "")  # whole trials; as many decimals as it takes
    assert fig.layout.annotations[0].y == 0.9
    assert fig.layout.annotations[0].text == "as it was"


def test_of_accuracy_the_best_is_the_highest_and_the_worst_stands_below():
    fig = history(searched(metric="accuracy"))
    assert fig.data[0].y == (0.9, 0.9, 0.9)
    assert fig.data[2].y[0] < 0.6


@pytest.mark.parametrize("trials", [(), TRIALS[2:4], TRIALS[:1]])
def test_a_search_that_has_just_begun_has_a_picture(trials):
    record = searched(trials=trials, importance={})
    assert history(record).layout.xaxis.range[1] >= 2
    assert slice_of(record, "k").layout.xaxis.title.text == "Neighbours"


def test_importance_is_ordered_and_in_words():
    fig = importance({"weights": 0.2, "k": 0.8}, {"k": "Neighbours", "weights": "Votes"})
    assert (fig.data[0].y, fig.data[0].text) == (("Neighbours", "Votes"), ("80%", "20%"))


def test_a_slice_shows_ratios_by_ratio_choices_by_name_and_the_best_apart():
    fig = slice_of(searched(), "k")
    others, best = fig.data
    assert fig.layout.xaxis.type == "log"
    assert (others.x, best.x, best.y) == ((15, 5), (3,), (0.6,))
    assert (others.marker.color, best.marker.color) == (ACCENT, WARM)
    fig = slice_of(searched(), "weights")
    assert fig.layout.xaxis.categoryarray == ("uniform", "distance")
    assert fig.data[1].x == ("distance",)


def test_no_number_of_a_figure_is_nan():
    level = searched(trials=tuple(replace(trial, score=trial.score and 0.5) for trial in TRIALS))
    assert all(math.isfinite(y) for trace in history(level).data for y in trace.y)


def test_runs_beside_each_other_have_a_tick_each_and_none_between():
    fig = compared({"first": Interval(0.5), "second": Interval(0.75, 0.5, 0.9)})
    assert (fig.layout.yaxis.tickvals, fig.layout.yaxis.ticktext) == ((0, 1), ("first", "second"))
