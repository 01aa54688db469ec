import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.teaching.backprop import walk
from genre_core.teaching.nudging import loss_along, nudge, weights_by_name, with_weights
from genre_core.teaching.repeating import losses_by_rate, repeat
from genre_core.teaching.tiny_net import TinyNet, tiny_net

X = np.array([0.8, -0.5])
NET = tiny_net(seed=7)


def test_weights_have_the_names_of_a_walk():
    known = weights_by_name(NET)
    walked = walk(NET, X, 0)
    assert len(known) == 17
    assert all(walked.values[name] == value for name, value in known.items())
    assert known["w1_23"] == NET.hidden[1, 2]
    assert known["b2_2"] == NET.output_biases[1]


@given(name=st.sampled_from(list(weights_by_name(NET))), value=st.floats(-5, 5))
@settings(max_examples=30)
def test_one_weight_is_changed_and_no_other(name, value):
    changed = with_weights(NET, {name: value})
    assert weights_by_name(changed) == {**weights_by_name(NET), name: value}


def test_a_small_nudge_gives_the_slope_that_came_back():
    for name in weights_by_name(NET):
        found = nudge(NET, X, 0, name, 1e-5)
        assert found.slope == pytest.approx(found.exact, abs=1e-5), name
        assert abs(nudge(NET, X, 0, name, 1.0).slope - found.exact) >= abs(found.slope - found.exact) - 1e-9


def test_by_hand_a_bias_of_a_lone_answer():
    # No hidden answer counts: p = softmax(b), so L(b) = log(1 + exp(-b)) for the right genre.
    net = TinyNet(np.zeros((1, 1)), np.zeros(1), np.zeros((1, 2)), np.zeros(2))
    np.testing.assert_allclose(loss_along(net, np.array([1.0]), 0, "b2_1", np.array([0.0, 2.0])), np.log1p(np.exp([0.0, -2.0])))
    assert nudge(net, np.array([1.0]), 0, "b2_1", 0.5).exact == pytest.approx(-0.5)


def test_the_loss_after_a_step_is_that_of_the_walk():
    rates = np.array([0.0, 0.5, 3.0])
    wanted = [walk(NET, X, 0, learning_rate=rate).loss_after for rate in rates]
    np.testing.assert_allclose(losses_by_rate(NET, X, 0, rates), wanted)
    assert wanted[0] == pytest.approx(walk(NET, X, 0).loss)


def test_a_step_for_one_song_costs_a_song_that_had_no_say():
    rates = np.array([0.0, 1.0, 10.0])
    theirs = losses_by_rate(NET, X, 0, rates, judged=(X[::-1], 1))
    assert (np.diff(theirs) > 0).all()
    assert theirs[1] == pytest.approx(walk(walk(NET, X, 0, learning_rate=1.0).after, X[::-1], 1).loss)


def test_again_and_again_the_loss_falls_to_nothing():
    found = repeat(NET, X, 0, learning_rate=0.5, n_steps=100)
    assert found.losses.shape == (101,)
    assert (np.diff(found.losses) < 0).all()
    assert found.posteriors[-1, 0] > 0.97
    assert found.losses[1] == pytest.approx(walk(NET, X, 0).loss_after)
    np.testing.assert_allclose(found.losses, -np.log(found.posteriors[:, 0]))
    alone = repeat(NET, X, 0, learning_rate=0.5, n_steps=0)
    assert weights_by_name(alone.net) == weights_by_name(NET)


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "tanh"])
def test_extremes_are_finite(activation):
    net = with_weights(tiny_net(activation=activation, seed=7), {"w1_11": 1e6, "w2_11": -1e6})
    for x in (np.array([1e3, -1e3]), np.zeros(2)):
        assert np.isfinite(repeat(net, x, 1, learning_rate=1000, n_steps=3).losses).all()
        assert np.isfinite(losses_by_rate(net, x, 0, np.array([0, 1000]))).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: with_weights(NET, {"w9_11": 1.0}), r"no weight named 'w9_11'\. Choose one of: b1_1"),
        (lambda: nudge(NET, X, 0, "w9_11", 0.1), r"no weight named 'w9_11'"),
        (lambda: nudge(NET, X, 0, "w1_11", 0.0), r"The nudge must lie in \[1e-06, 100\]\. Received: 0\."),
        (lambda: repeat(NET, X, 0, learning_rate=0.5, n_steps=501), r"number of steps must lie in \[0, 500\]\. Received: 501"),
        (lambda: losses_by_rate(NET, X, 0, np.array([-1.0])), r"The learning rate must lie in \[0, 1000\]\. Received: -1\."),
    ],
)
def test_what_does_not_fit_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
