from __future__ import annotations

from genre_core.evaluation.intervals import Interval
from pages.figures.theme import ACCENT, NEUTRAL
from pages.figures.ways import ways


def test_each_way_is_a_dot_on_its_interval_and_the_runs_own_stands_out():
    scores = {"Mean": Interval(0.5, 0.25, 0.875), "Vote": Interval(0.75, reason="one artist"), "Median": Interval(None)}
    fig = ways(scores, own="Mean")
    mean, vote = fig.data
    assert (mean.x, mean.y) == ((0.5,), ("Mean",))
    assert (mean.error_x.array, mean.error_x.arrayminus) == ((0.375,), (0.25,))
    assert (mean.marker.color, vote.marker.color) == (ACCENT, NEUTRAL)
    assert mean.text == ("0.50 [0.25, 0.88]",)
    assert "one artist" in vote.hovertemplate
    assert fig.layout.shapes[0].x0 == 0.5
    assert fig.layout.xaxis.title.text == "Accuracy of tracks and its 95 % interval"
    assert fig.layout.yaxis.range[0] > fig.layout.yaxis.range[1]  # the first on top


def test_without_the_runs_own_way_no_line_is_drawn():
    assert not ways({"Vote": Interval(0.75)}, own="Mean").layout.shapes
