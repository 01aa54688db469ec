"""Pictures of the lesson on neurons: what is drawn, and the words on the axes."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.teaching.neuron import Layer, borders
from pages.figures.learn.neuron import activated, shares, sureness, weighed
from pages.figures.learn.plane import plane, straight
from pages.figures.theme import ACCENT, WARM

COLOURS = {"jazz": "#111111", "rock": "#222222", "pop": "#333333"}


def traces(figure, kind):
    return [trace for trace in figure.data if trace.type == kind]


def test_each_piece_of_a_sum_begins_where_the_one_above_ended():
    figure = weighed([("Brightness", "2.0 × +1.00", 2.0), ("Liveliness", "1.0 × −3.00", -3.0), ("Bias", "", 0.5)])
    (bars,) = figure.data
    assert list(bars.base) == [0, 2, -1, 0]
    assert list(bars.x) == [2, -3, 0.5, -0.5]
    assert list(bars.text) == ["+2.00", "−3.00", "+0.50", "−0.50"]
    assert list(bars.marker.color) == [ACCENT, WARM, ACCENT, WARM]
    assert bars.y[0] == "Brightness<br>2.0 × +1.00"
    assert bars.y[-1] == "<b>Sum z</b>"
    assert figure.layout.xaxis.title.text == "Sum so far"


def test_songs_lie_on_the_curve_of_the_activation():
    z = np.linspace(-2, 2, 5)
    figure = activated(z, np.maximum(z, 0), {"jazz": (np.array([1.0]), np.array([1.0])), "rock": (z[:2], z[:2] * 0)}, COLOURS)
    assert [trace.name for trace in figure.data[1:]] == ["jazz", "rock"]
    np.testing.assert_allclose(figure.data[0].y, [0, 0, 0, 1, 2])
    assert figure.data[1].marker.color == "#111111"
    assert [note.text for note in figure.layout.annotations] == ["<b>● jazz</b>", "<b>● rock</b>"]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Sum z", "Answer f(z)")


def test_a_plane_shows_tracks_in_their_units_and_regions_stronger_where_the_model_is_surer():
    said = borders(Layer([[10.0], [0.0]], [0.0]), (-1, 1), (-1, 1), points=5)
    line = np.array([[0.0, -1.0], [0.0, 1.0]])
    values = np.array([[-0.5, 0.0], [0.5, 0.2]])
    figure = plane(
        values, ["jazz", "rock"], ["a", "b"], axes=("Brightness [kHz]", "Loudness [dB]"), colours=COLOURS, said=said,
        regions=["#111111", "#222222"], lines=[line], chosen=1,
    )  # fmt: skip
    left, right = traces(figure, "heatmap")
    assert np.isnan(left.z[0][3:]).all()
    assert np.isnan(right.z[0][:2]).all()
    assert right.z[0][4] == pytest.approx(1, abs=1e-3)
    assert right.colorscale[1][1] == "rgba(34, 34, 34, 0.45)"
    assert len(traces(figure, "contour")) == 1
    dashed, jazz, rock, ring = traces(figure, "scatter")
    assert (dashed.line.dash, dashed.line.color) == ("dash", WARM)
    assert (jazz.x[0], rock.y[0], rock.text[0]) == (-0.5, 0.2, "b")
    assert ring.x[0] == 0.5
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Brightness [kHz]", "Loudness [dB]")
    assert figure.layout.xaxis.range == (-1, 1)


def test_three_genres_have_three_borders_and_a_model_of_one_mind_has_none():
    three = Layer([[3.0, -3.0, 0.0], [0.0, 0.0, 3.0]], [0, 0, 0], "softmax")
    drawn = {}
    for name, layer in (("three", three), ("one", Layer([[0.0], [0.0]], [4.0]))):
        said = borders(layer, (-1, 1), (-1, 1), points=9)
        regions = ["#111111", "#222222", "#333333"][: said.posteriors.shape[2]]
        drawn[name] = plane(np.zeros((1, 2)), ["pop"], ["a"], axes=("", ""), colours=COLOURS, said=said, regions=regions)
    assert len(traces(drawn["three"], "contour")) == 3
    assert len(traces(drawn["three"], "heatmap")) == 3
    assert not traces(drawn["one"], "contour")


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ((1, 0, -0.5), [[0.5, -2], [0.5, 2]]),
        ((0, 1, 1), [[-1, -1], [1, -1]]),
        ((1, 1, 0), [[-1, 1], [1, -1]]),
        ((1, 1, 9), None),
        ((0, 0, 1), None),
        ((0, 0, 0), None),
    ],
)
def test_a_straight_line_is_cut_at_the_ends_of_the_picture(line, ends):
    found = straight(*line, (-1, 1), (-2, 2))
    assert found is None if ends is None else np.allclose(found, ends)


def test_the_loss_is_drawn_over_the_factor_on_all_weights():
    figure = sureness(np.array([0.1, 1, 10]), np.array([0.6, 0.3, 0.9]), 2.0, 0.4, 1.0)
    curve, dot = figure.data
    assert list(curve.y) == [0.6, 0.3, 0.9]
    assert (dot.x, dot.y) == ((2.0,), (0.4,))
    assert figure.layout.shapes[0].x0 == 1.0
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("All weights times", "Log loss [nat]")
    assert figure.layout.xaxis.type == "log"


def test_sums_and_shares_stand_side_by_side():
    figure = shares(["jazz", "rock"], np.array([1.0, -1.0]), np.array([0.88, 0.12]), COLOURS)
    sums, parts = figure.data
    assert list(sums.text) == ["+1.0", "−1.0"]
    assert list(parts.text) == ["88%", "12%"]
    assert list(parts.marker.color) == ["#111111", "#222222"]
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis2.title.text) == ("Sum z", "Probability")
