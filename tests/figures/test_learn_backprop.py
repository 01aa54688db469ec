"""Pictures of the lesson on back propagation: which numbers stand where, what is lit, and the words on the axes."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.teaching.backprop import walk
from genre_core.teaching.keras_example import GENRE, example_features, example_net
from pages.figures.learn.backprop import by_rate, falling, nudged, side_by_side, small_net, stepped, surprise
from pages.figures.theme import ACCENT, NEUTRAL, WARM

WALK = walk(example_net(), example_features(), GENRE)
TITLES = {"x_1": "Brightness", "x_2": "Liveliness", "p_1": "blues", "p_2": "disco", "L": "Loss"}


def drawn(name):
    at = [step.name for step in WALK.steps].index(name)
    return small_net(WALK.values, TITLES, right=GENRE, **stepped(WALK.steps, at))


def words(figure):
    return [note.text for note in figure.layout.annotations]


def lines(figure, colour):
    return [trace for trace in figure.data if trace.line.color == colour]


def boxes(figure, colour):
    return [shape for shape in figure.layout.shapes if shape.line.color == colour]


def test_the_whole_net_stands_there_with_every_number():
    figure = small_net(WALK.values, TITLES, right=GENRE, known={step.name for step in WALK.of("forward")}, now="w1_12")
    assert len(figure.data) == 12 + 1  # the weights, and the right genre's way to the loss
    assert len(figure.layout.shapes) == 8
    found = words(figure)
    assert "x 0.80" in found
    assert "x −0.50" in found
    assert f"<b>{WALK.values['w1_12']:.2f}</b>" in found
    assert f"p {WALK.values['p_1']:.2f}" in found[-8:][0] + "".join(found)
    assert found.count("b 0.00") == 5
    assert "?" in found  # the loss is not known yet
    assert {f"<b>{title}</b>" for title in TITLES.values()} <= set(found)
    assert len(lines(figure, WARM)) == 1


def test_the_first_step_lights_what_goes_into_it():
    figure = drawn("z1_1")
    assert len(boxes(figure, WARM)) == 1
    assert len(boxes(figure, ACCENT)) == 2  # both features
    assert len(lines(figure, ACCENT)) == 2  # and their weights
    found = words(figure)
    assert f"<b>z {WALK.values['z1_1']:.2f}</b>" in found
    assert found.count("?") == 2 + 2 + 1  # nothing else is known
    assert "<b>b 0.00</b>" in found


def test_on_the_way_back_slopes_take_the_place_of_weights():
    figure = drawn("d_w2_21")
    found = words(figure)
    assert f"<b>∂ {WALK.values['d_w2_21']:.2f}</b>".replace("-", "−") in found
    assert f"{WALK.values['w2_31']:.2f}".replace("-", "−") in found  # its slope is still to come
    assert len(lines(figure, WARM)) == 1
    assert len(boxes(figure, ACCENT)) == 2  # the slope of the sum, and what came in


def test_a_weight_that_hands_blame_back_stands_there_itself():
    found = words(drawn("d_h_1"))
    assert f"<b>{WALK.values['w2_11']:.2f}</b>".replace("-", "−") in found
    assert f"∂ {WALK.values['d_w2_31']:.2f}".replace("-", "−") in found


def test_a_node_shows_what_its_own_slope_is_made_of():
    text = next(text for text in words(drawn("d_z1_2")) if text.startswith("<b>") and "∂z" in text)
    assert f"h {WALK.values['h_2']:.2f}" in text
    assert "∂h" in text


def test_in_the_end_the_new_weights_stand_there():
    found = words(drawn("L_after"))
    assert f"→ {WALK.values['w1_11_after']:.2f}" in " ".join(found).replace("<b>", "")
    assert any("L′" in text for text in found)


def test_every_step_of_the_walk_can_be_drawn():
    for at in range(len(WALK.steps)):
        figure = small_net(WALK.values, TITLES, right=1 - GENRE, **stepped(WALK.steps, at))
        lit = lines(figure, WARM) + boxes(figure, WARM) + [note for note in figure.layout.annotations if note.font.color == WARM]
        assert lit, WALK.steps[at].name


def test_the_right_genre_leads_to_the_loss():
    first, second = (small_net(WALK.values, TITLES, right=right) for right in (0, 1))
    assert first.data[-1].y[0] > 0 > second.data[-1].y[0]


@pytest.mark.parametrize(("value", "text"), [(1e6, "x 1.0e6"), (-1e-7, "x −1.0e-7"), (0.0, "x 0.00"), (999.0, "x 999.00")])
def test_very_large_and_small_numbers_stay_short(value, text):
    found = words(small_net({**WALK.values, "x_1": value}, TITLES, right=0))
    assert text.replace("e-", "e−") in found


def test_the_loss_grows_as_the_right_genre_gets_less():
    figure = surprise(0.36, 1.02, 0.5)
    curve, net, tried = figure.data
    assert curve.y[-1] == pytest.approx(0)
    assert (np.diff(curve.y) < 0).all()
    assert (net.x, net.y) == ((0.36,), (1.02,))
    assert tried.y[0] == pytest.approx(np.log(2))
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Probability of the right genre", "Loss [nat]")
    assert np.isfinite(surprise(0.0, 700.0, 0.01).layout.yaxis.range[1])


def test_a_nudge_is_drawn_with_both_slopes():
    values = np.linspace(-1, 1, 5)
    figure = nudged(values, values**2, (0.5, 0.25), (1.0, 1.0), 1.0, name="Weight: neuron 1 → blues")
    curve, dashed, through, dots = figure.data
    np.testing.assert_allclose(curve.y, values**2)
    assert dashed.line.dash == "dash"
    np.testing.assert_allclose(dashed.y, [-1.25, 0.75])  # 0.25 + 1 (x - 0.5)
    np.testing.assert_allclose(through.y, [-2.0, 1.0])  # by way of both dots
    assert list(dots.marker.color) == [ACCENT, WARM]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Weight: neuron 1 → blues", "Loss [nat]")


def test_ours_and_keras_lie_on_each_other():
    figure = side_by_side({"w1_11": 0.5, "b2_1": -1.0}, {"w1_11": 0.5, "b2_1": -1.0})
    here, keras = figure.data
    assert here.y == keras.y == (0.5, -1.0)
    assert here.x[0] == "w<sup>(1)</sup><sub>11</sub>"
    assert keras.marker.symbol == "circle-open"
    assert figure.layout.yaxis.title.text == "Slope of the loss [nat]"


def test_a_step_is_drawn_for_the_song_and_for_one_that_had_no_say():
    rates = np.array([0.1, 1.0, 10.0])
    losses = {"this": np.array([0.9, 0.5, 0.1]), "other": np.array([0.4, 0.8, 3.0])}
    figure = by_rate(rates, losses, 1, {"this": 1.0, "other": 0.3})
    this, other, dots = figure.data
    assert (this.line.color, other.line.color) == (ACCENT, WARM)
    assert list(dots.y) == [0.5, 0.8]
    assert [shape.y0 for shape in figure.layout.shapes] == [1.0, 0.3]
    assert figure.layout.xaxis.type == "log"
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Learning rate", "Loss after one step [nat]")


def test_the_loss_falls_while_the_right_genre_gains():
    figure = falling(np.array([1.0, 0.5, 0.2]), np.array([0.37, 0.6, 0.82]))
    loss, right = figure.data
    assert list(loss.y) == [1.0, 0.5, 0.2]
    assert right.yaxis == "y2"
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis2.title.text) == ("Steps", "Probability of the right genre")
    assert falling(np.array([1.0]), np.array([0.4])).layout.xaxis.range[1] == 1


def test_lines_that_say_nothing_just_now_are_grey():
    figure = drawn("h_1")
    assert len(lines(figure, NEUTRAL)) == 13
