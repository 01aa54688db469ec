"""The picture of what changes of a sound do to verdicts: what is drawn, and the words on its axes."""

from dataclasses import dataclass, field

import pytest

from genre_core.evaluation.intervals import Interval
from pages.figures.robustness import robustness, worst_first

SAID = Interval(0.8, 0.6, 0.9)


@dataclass
class Row:
    name: str
    title: str
    flips: Interval
    accuracy: Interval = SAID
    n_tracks: int = 20
    n_flips: int = 0
    shift: Interval = field(default_factory=lambda: Interval(-0.1, -0.2, 0.05))


ROWS = [
    Row("untouched", "as it is", Interval(None), Interval(0.75)),
    Row("softer", "12 dB softer", Interval(0.0, reason="The score is the same whichever are drawn")),
    Row("mp3", "MP3, 64 kb/s", Interval(0.25, 0.1, 0.5), n_flips=5),
    Row("noise", "hiss 20 dB below", Interval(0.25, 0.1, 0.5), Interval(0.5), n_flips=5),
]


def test_the_worst_change_stands_on_top():
    assert [row.name for row in worst_first(ROWS[1:])] == ["noise", "mp3", "softer"]
    figure = robustness(ROWS)
    assert figure.layout.yaxis.categoryarray == ("hiss 20 dB below", "MP3, 64 kb/s", "12 dB softer")
    assert figure.layout.yaxis.range == (2.5, -0.5)


def test_dots_and_intervals_are_those_of_the_rows():
    flips, accuracy = robustness(ROWS).data
    assert flips.x == (0.25, 0.25, 0.0)
    assert flips.customdata == accuracy.customdata == ("noise", "mp3", "softer")
    assert flips.error_x.array == (0.25, 0.25, None)
    assert flips.error_x.arrayminus == pytest.approx((0.15, 0.15, None))
    assert accuracy.x == (0.5, 0.8, 0.8)
    assert accuracy.error_x.array[0] is None


def test_axes_say_what_they_count_and_the_line_what_it_is():
    figure = robustness(ROWS)
    assert figure.layout.xaxis.title.text == "Tracks that are renamed (flips)"
    assert figure.layout.xaxis2.title.text == "Tracks named rightly (accuracy)"
    assert figure.layout.xaxis.tickformat == figure.layout.xaxis2.tickformat == ".0%"
    assert [note.text for note in figure.layout.annotations] == ["as it is: 75%"]
    assert [shape.x0 for shape in figure.layout.shapes] == [0.75]


def test_a_dot_speaks_in_whole_numbers_and_says_why_there_is_no_interval():
    text = robustness(ROWS).data[0].hovertext
    assert "5 of 20 tracks renamed: 0.25 [0.10, 0.50]" in text[0]
    assert "probability of the true genre: -0.10 [-0.20, +0.05]" in text[0]
    assert "The score is the same" in text[2]


def test_the_chosen_change_is_brought_out():
    figure = robustness(ROWS, chosen="mp3")
    assert figure.data[0].marker.size == (12, 16, 12)
    assert {(shape.y0, shape.y1) for shape in figure.layout.shapes if shape.type == "rect"} == {(0.5, 1.5)}


def test_nothing_heard_draws_nothing_and_no_nan():
    none = [Row("untouched", "as it is", Interval(None), Interval(None)), Row("mp3", "MP3", Interval(None), Interval(None))]
    figure = robustness(none)
    assert figure.data[0].x == (None,)
    assert "n/a" in figure.data[0].hovertext[0]
    assert "NaN" not in figure.to_json()
