"""Two runs on the same tracks, as pictures."""

import numpy as np
import pytest

from genre_core.evaluation.intervals import Interval
from pages.figures.paired import agreement, differences
from pages.figures.theme import ACCENT, NEUTRAL, WARM


def test_the_four_counts_say_what_they_are_and_of_how_many():
    fig = agreement((20, 9, 4, 7))
    cells = fig.data[0]
    assert cells.text[0][1] == "<b>9</b><br>only the first right"
    assert cells.hovertext[1][0] == "only the second right: 4 of 40 tracks (10%)"
    assert (fig.layout.yaxis.title.text, fig.layout.xaxis.title.text) == ("first run", "second run")


def test_only_a_count_has_a_colour():
    assert agreement((20, 9, 4, 7)).data[0].z == ([0, 1], [2, 0])
    assert agreement((20, 0, 4, 16)).data[0].z == ([0, 0], [2, 0])


def test_a_difference_takes_the_colour_of_the_better_run_and_none_where_zero_lies_in_its_interval():
    found = {
        "Accuracy": Interval(0.125, 0.02, 0.23),
        "Macro F1": Interval(0.05, -0.1, 0.2),
        "Other": Interval(-0.3, -0.45, -0.1),
        "Bare": Interval(0.0),
    }
    fig = differences(found)
    assert [trace.marker.color for trace in fig.data] == [ACCENT, NEUTRAL, WARM, NEUTRAL]
    grey = differences(found, told_apart=False)
    assert {trace.marker.color for trace in grey.data} == {NEUTRAL}
    assert fig.data[0].text[0] == "+12.5 [+2.0, +23.0]"
    assert fig.data[2].text[0] == "−30.0 [−45.0, −10.0]"
    assert fig.data[3].text[0] == "0.0"
    assert (fig.data[0].error_x.array[0], fig.data[0].error_x.arrayminus[0]) == pytest.approx((10.5, 10.5))
    assert fig.layout.xaxis.range == (-50.0, 50.0)
    assert "percentage points" in fig.layout.xaxis.title.text


def test_zero_stands_in_the_middle_whatever_the_size():
    for value in (0.001, 0.2, 1.0):
        low, high = differences({"Accuracy": Interval(value, value, value)}).layout.xaxis.range
        assert low == -high
        assert np.isfinite(high)
        assert high >= 100 * value
