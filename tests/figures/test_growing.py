"""Learning curves from points: scores with intervals, what was learned, words on the axes."""

from __future__ import annotations

import pytest

from genre_core.evaluation.intervals import Interval
from genre_core.runs.learning_curve import LearningPoint
from pages.figures.growing import learning_curve


def point(run: str, n_tracks: int, share: float, value: float | None, low=None, high=None, learned=None) -> LearningPoint:
    score = Interval(value, low, high)
    return LearningPoint(run, share, n_tracks, {"accuracy": score, "macro_f1": score}, learned, None)


POINTS = (point("a", 10, 0.25, 0.5, 0.25, 0.75, 1.0), point("b", 40, 1.0, 0.75, None, None, 0.875))


def test_scores_stand_over_the_tracks_that_were_learned_from():
    fig = learning_curve(POINTS, chosen="b")
    valid, learned = fig.data
    assert (valid.x, valid.y) == ((10, 40), (0.5, 0.75))
    assert (valid.error_y.array, valid.error_y.arrayminus) == ((0.25, 0), (0.25, 0))
    assert [entry[0] for entry in valid.customdata] == ["a", "b"]
    assert valid.text[0] == "10 training tracks (25%)<br>valid tracks: 0.50 [0.25, 0.75]"
    assert valid.marker.size[1] > valid.marker.size[0]  # the run that is looked at
    assert (learned.x, learned.y) == ((10, 40), (1.0, 0.875))
    assert learned.name == "training segments, while learning"
    assert fig.layout.xaxis.title.text == "Training tracks"
    assert fig.layout.yaxis.title.text == "Accuracy and its 95 % interval"


def test_without_epochs_there_is_one_line_and_without_a_score_no_point():
    fig = learning_curve((point("a", 10, 0.25, None), point("b", 40, 1.0, 0.75)), score="macro_f1")
    assert [trace.name for trace in fig.data] == ["valid tracks"]
    assert fig.data[0].x == (40,)
    assert fig.layout.yaxis.title.text.startswith("Macro F1")
    assert fig.layout.xaxis.range[1] == pytest.approx(1.08 * 40)
