"""Figures of a report from arrays: what is drawn, where, and the words on the axes."""

import itertools
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.colours import GENRE_COLOURS, NEUTRAL, WARM
from genre_core.errors import ParameterError
from genre_core.evaluation.coverage import coverage
from genre_core.evaluation.curves import pr_curves, roc_curves
from genre_core.evaluation.intervals import Interval, groups_of
from genre_core.evaluation.reliability import bin_intervals, reliability
from genre_core.inspection.robustness import UNTOUCHED, Copied, Robustness
from genre_core.reporting import charts
from genre_core.reporting.plotting import Axis, Plot, number_axis, row_axis, share_axis
from genre_core.reporting.tables import confusion_table, hue
from tests.reporting.parsed import SVG, marks, plots, texts, words

GENRES = ("blues", "jazz")
Y_TRUE = np.array([0, 0, 1, 1])
POSTERIORS = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


def test_a_point_lies_where_its_axes_say():
    plot = Plot("p", Axis("x [s]", 0, 10, ((0, "0"), (10, "10"))), Axis("y", -1, 1, ((0, "0"),)), width=400, height=300)
    left, foot = plot.at(0, -1)
    right, top = plot.at(10, 1)
    assert (left, top) == (62, 12)
    assert plot.at(5, 0) == ((left + right) / 2, (foot + top) / 2)
    assert plot.at(99, 99) == (right, top)  # cut to the frame


def test_steps_go_across_first():
    plot = Plot("p", share_axis("x"), share_axis("y"))
    plot.line([(0, 1), (0.5, 0.5), (1, 0)], colour="#000000", steps=True)
    [path] = marks(parsed(plot.markup()), "path")
    corners = [tuple(map(float, part.split())) for part in path.get("d").replace("M", "").split("L")]
    assert corners == [tuple(round(v, 1) for v in plot.at(x, y)) for x, y in [(0, 1), (0.5, 1), (0.5, 0.5), (1, 0.5), (1, 0)]]


@given(st.lists(st.floats(-1e6, 1e6), max_size=8), st.booleans())
def test_round_ticks_hold_all_values(values, from_zero):
    axis = number_axis("Loss [nats]", values, from_zero=from_zero)
    ticks = [value for value, _ in axis.ticks]
    rounding = 1e-6 * (axis.high - axis.low)
    assert axis.low <= min(values, default=0) + rounding
    assert axis.high >= max(values, default=0) - rounding
    assert 2 <= len(ticks) <= 12
    assert np.diff(ticks) == pytest.approx(np.full(len(ticks) - 1, ticks[1] - ticks[0]), rel=1e-6)
    assert not from_zero or axis.low <= 0


def test_what_is_no_axis_is_said():
    with pytest.raises(ParameterError, match=r"An axis runs from a number to a larger one. Received: 1 to 1"):
        Axis("x", 1, 1, ())
    with pytest.raises(ParameterError, match="Received: nan to 1"):
        Axis("x", float("nan"), 1, ())


def test_rows_stand_from_top_to_bottom():
    axis = row_axis("", ["first", "second"])
    assert axis.ticks == ((0.0, "first"), (-1.0, "second"))
    assert (axis.low, axis.high) == (-1.5, 0.5)


def test_precision_and_recall_have_the_genres_colours_and_lines_of_equal_f1():
    scores = {"blues": Interval(0.9, 0.8, 1.0), "jazz": Interval(0.7), None: Interval(0.8)}
    figure = parsed(charts.precision_recall(pr_curves(Y_TRUE, POSTERIORS, GENRES), GENRES, scores))
    [plot] = plots(figure)
    assert texts(plot, "axis") == ["Recall: share of a genre that is found", "Precision: share of those named that is right"]
    assert texts(plot, "mark") == ["F1 0.2", "F1 0.4", "F1 0.6", "F1 0.8"]
    drawn = [path.get("stroke") for path in marks(plot, "path")]
    assert drawn == [NEUTRAL] * 4 + [GENRE_COLOURS["blues"], GENRE_COLOURS["jazz"], NEUTRAL]
    assert [words(entry) for entry in figure.iter("li")] == ["blues 0.90 [0.80, 1.00]", "jazz 0.70", "all combined 0.80"]
    assert "average precision" in words(figure.find("figcaption"))


def test_precision_does_not_slope_between_two_thresholds():
    scores = dict.fromkeys((*GENRES, None), Interval(0.5))
    figure = parsed(charts.precision_recall(pr_curves(Y_TRUE, POSTERIORS, GENRES), GENRES, scores))
    for path in marks(plots(figure)[0], "path")[4:]:
        corners = [tuple(map(float, corner.split())) for corner in path.get("d").replace("M", "").split("L")]
        assert all(here[0] == there[0] or here[1] == there[1] for here, there in itertools.pairwise(corners))


def test_equal_f1_is_equal():
    [line, *_] = marks(plots(parsed(charts.precision_recall([], GENRES, {})))[0], "path")
    blank = Plot("p", share_axis("x"), share_axis("y"))
    (left, foot), (right, top) = blank.at(0, 0), blank.at(1, 1)
    for corner in line.get("d").replace("M", "").split("L"):
        across, up = map(float, corner.split())
        recall, precision = (across - left) / (right - left), (foot - up) / (foot - top)
        assert 2 * recall * precision / (recall + precision) == pytest.approx(0.2, abs=2e-3)


def test_roc_says_both_rates_and_each_area():
    figure = parsed(charts.roc(roc_curves(Y_TRUE, POSTERIORS, GENRES), GENRES))
    [plot] = plots(figure)
    assert texts(plot, "axis") == ["Of other genres' tracks, share wrongly named", "Share of a genre that is found"]
    assert [words(entry) for entry in figure.iter("li")] == ["blues 1.00", "jazz 1.00", "all combined 0.94"]


def test_reliability_draws_a_dot_a_bin_and_how_many_it_holds():
    found = reliability(Y_TRUE, POSTERIORS)
    figure = parsed(charts.calibration(found, bin_intervals(Y_TRUE, POSTERIORS, groups_of(4)), what="tracks"))
    above, below = plots(figure)
    assert texts(above, "axis") == ["How sure: probability of the verdict", "Share that is right"]
    assert texts(below, "axis")[1] == "How many tracks"
    assert len(marks(above, "circle")) == len(marks(below, "rect")) == (found.counts > 0).sum() == 4
    assert words(marks(above, "circle")[0]) == "1 tracks: sure to 60%, right in 0%"
    assert f"Calibration error {found.error:.3f}" in words(figure)


def test_a_bin_of_several_verdicts_has_its_interval():
    posteriors = np.tile([0.75, 0.25], (8, 1))
    y_true = np.array([0, 0, 0, 0, 0, 1, 1, 1])
    intervals = bin_intervals(y_true, posteriors, groups_of(8))
    above, _ = plots(parsed(charts.calibration(reliability(y_true, posteriors), intervals, what="tracks")))
    upright = marks(above, "path")[-1].get("d").replace("M", "").split("L")
    (first, low), (second, high) = (map(float, corner.split()) for corner in upright)
    blank = Plot("p", share_axis("x"), share_axis("y"))
    assert first == second == pytest.approx(blank.at(0.75, 0)[0], abs=0.1)
    assert low == pytest.approx(blank.at(0, intervals[7].low)[1], abs=0.1)
    assert high == pytest.approx(blank.at(0, intervals[7].high)[1], abs=0.1)


def test_coverage_marks_the_threshold_with_what_it_buys():
    figure = parsed(charts.selective(coverage(Y_TRUE, POSTERIORS, groups_of(4)), what="tracks", threshold=0.7))
    [plot] = plots(figure)
    assert texts(plot, "axis") == ["Coverage: share of tracks that get a verdict", "Share of these that is right"]
    [dot] = marks(plot, "circle")
    assert dot.get("fill") == WARM
    assert words(dot).startswith("With “not sure” under 0.7, 75% get a verdict; of these 1.00")


def test_f1_a_genre_is_a_dot_on_its_interval_and_none_is_no_dot():
    [plot] = plots(parsed(charts.by_genre(GENRES, [Interval(0.5, 0.25, 0.75), Interval(None, reason="never there")])))
    assert texts(plot, "axis") == ["F1 a genre and its 95 % interval"]
    assert texts(plot, "tick")[-2:] == ["blues", "jazz"]
    [dot] = marks(plot, "circle")
    [line] = marks(plot, "path")
    assert dot.get("fill") == line.get("stroke") == GENRE_COLOURS["blues"]
    first, last = (float(corner.split()[0]) for corner in line.get("d").replace("M", "").split("L"))
    assert float(dot.get("cx")) == pytest.approx((first + last) / 2, abs=0.1)


def test_long_names_are_shortened_where_they_would_leave_the_figure():
    [plot] = plots(parsed(charts.by_genre(["x" * 60], [Interval(0.5)])))
    assert texts(plot, "tick")[-1] == "x" * 33 + "…"


def test_learning_draws_train_and_valid_on_axes_with_units():
    entries = [{"epoch": n, "loss": 2 / n, "accuracy": 0.5, "valid_loss": 1.0, "valid_accuracy": None} for n in (1, 2, 3)]
    loss, accuracy = plots(parsed(charts.history(entries)))
    assert texts(loss, "axis") == ["Epoch", "Loss [nats]"]
    assert texts(accuracy, "axis") == ["Epoch", "Accuracy of segments"]
    assert [words(path) for path in marks(loss, "path")] == ["train, at the end 0.667", "valid, at the end 1.000"]
    assert [words(path) for path in marks(accuracy, "path")] == ["train, at the end 50.0%"]
    assert charts.history([]) is None
    assert charts.history([{"epoch": 1, "seconds": 3.0}]) is None


def test_folds_are_lines_of_their_own():
    entries = [{"epoch": n, "loss": 1.0, "part": part} for part in ("fold 1", "fold 2") for n in (1, 2)]
    [loss] = plots(parsed(charts.history(entries)))
    assert [words(path) for path in marks(loss, "path")] == ["train, fold 1, at the end 1.000", "train, fold 2, at the end 1.000"]


def test_robustness_has_the_worst_change_on_top():
    posteriors = {UNTOUCHED: (0.9, 0.1), "softer": (0.8, 0.2), "mp3": (0.3, 0.7)}
    found = Robustness("r", "valid", GENRES, {"softer": "softer", "mp3": "MP3"}, (Copied("t", "blues", None, posteriors),))
    flips, accuracy = plots(parsed(charts.robustness(found.rows())))
    assert texts(flips, "axis") == ["Tracks that are renamed (flips)"]
    assert texts(accuracy, "axis") == ["Tracks named rightly (as it is: 1.00)"]
    assert texts(flips, "tick")[-2:] == ["MP3", "softer"]
    assert len(marks(flips, "circle")) == len(marks(accuracy, "circle")) == 2


def test_the_confusion_says_which_way_it_is_read_and_shares_by_row():
    made = parsed(f"<div>{confusion_table(np.array([[3, 1], [0, 0]]), GENRES, what='4 tracks')}</div>")
    assert "Rows: true genre. Columns: predicted genre." in words(made)
    assert [words(cell) for cell in made.iter("td")] == ["3 75%", "1 25%", "·", "·"]
    assert [cell.text for cell in made.iter("th")] == ["true ↓ predicted →", "blues", "jazz", "blues", "jazz"]
    assert made.find(".//td").get("style") == f"background: {hue(0.75)}; color: #ffffff"


def test_every_figure_says_what_it_is_to_those_who_cannot_see_it():
    for plot in plots(parsed(charts.calibration(reliability(Y_TRUE, POSTERIORS), [Interval(None)] * 10, what="tracks"))):
        assert plot.get("role") == "img"
        assert plot.get("aria-label") == plot.find(f"{SVG}title").text != ""
