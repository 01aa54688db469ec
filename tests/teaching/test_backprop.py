import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.teaching.backprop import walk
from genre_core.teaching.backprop_words import ACTIVATION_WORDS, PHASES, as_latex, symbol
from genre_core.teaching.neuron import log_loss
from genre_core.teaching.tiny_net import TinyNet, answer, tiny_net

NAMES = ("hidden", "hidden_biases", "output", "output_biases")


def changed(net, name, place, by):
    parts = {key: values.copy() for key, values in net.weights.items()}
    parts[name][place] += by
    return TinyNet(**parts, activation=net.activation)


def test_a_net_of_ones_by_hand():
    net = TinyNet([[1.0]], [0.0], [[1.0, 0.0]], [0.0, 0.0], "relu")
    found = walk(net, [2.0], 1, learning_rate=0.1)
    p = 1 / (1 + np.exp(-2))  # the sums are 2 and 0
    assert found.values["h_1"] == 2
    assert found.values["p_1"] == pytest.approx(p)
    assert found.loss == pytest.approx(-np.log(1 - p))
    assert found.values["d_w2_11"] == pytest.approx(2 * p)
    assert found.values["d_h_1"] == pytest.approx(p)
    assert found.values["d_w1_11"] == pytest.approx(2 * p)
    assert found.after.hidden[0, 0] == pytest.approx(1 - 0.1 * 2 * p)


@pytest.mark.parametrize("activation", ACTIVATION_WORDS)
def test_slopes_loss_and_step_are_those_of_keras(keras_said, activation):
    said = keras_said["tiny"][activation]
    net = TinyNet(*said["weights"], activation)
    found = walk(net, said["x"], said["genre"], learning_rate=0.5)
    assert found.loss == pytest.approx(said["loss"], abs=1e-6)
    assert found.loss_after == pytest.approx(said["loss_after"], abs=1e-6)
    for name, slopes in zip(NAMES, said["slopes"], strict=True):
        np.testing.assert_allclose(found.gradients[name], slopes, atol=1e-6)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    activation=st.sampled_from(["sigmoid", "tanh"]),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(2, 4)),
)
def test_slopes_are_differences_of_the_loss(seed, activation, shape):
    net = tiny_net(*shape, activation=activation, seed=seed)
    rng = np.random.default_rng(seed)
    x, genre, step = rng.normal(size=shape[0]), int(rng.integers(shape[2])), 1e-5
    found = walk(net, x, genre)
    for name, slopes in found.gradients.items():
        for place, slope in np.ndenumerate(slopes):
            ends = [answer(changed(net, name, place, by), x, genre).loss for by in (step, -step)]
            assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(slope, abs=1e-6)


def test_every_number_has_its_step_and_is_made_of_what_came_before():
    net = tiny_net(seed=3)
    found = walk(net, [0.5, -1.2], 0)
    known = {"x_1", "x_2"} | {name for name in found.values if name[0] in "wb" and not name.endswith("_after")}
    for step in found.steps:
        assert set(step.uses) <= known, step.name
        assert found.values[step.name] == step.value
        assert as_latex(step.value) in step.numbers
        known.add(step.name)
    assert [phase for phase in PHASES if found.of(phase)] == list(PHASES)
    assert len(found.of("backward")) == 2 + 6 + 2 + 3 + 3 + 6 + 3
    assert len(found.of("update")) == 17
    assert found.loss == pytest.approx(log_loss([[found.values["p_1"], found.values["p_2"]]], [0]))


def test_every_formula_is_tex_that_a_page_can_draw():
    for activation in ACTIVATION_WORDS:
        for step in walk(tiny_net(activation=activation, seed=5), [0.5, -1.2], 1).steps:
            for text in (step.latex, step.numbers):
                assert text.count("{") == text.count("}")
                assert "$" not in text
                assert not re.search(r"\^\{[^{}]*\}(_\{[^{}]*\})?(\^|')", text), f"two superscripts on one symbol: {text}"


def test_a_small_step_makes_the_loss_smaller():
    for seed in range(20):
        found = walk(tiny_net(seed=seed), [1.0, -0.5], seed % 2, learning_rate=0.1)
        assert found.loss_after < found.loss


@pytest.mark.parametrize("activation", ACTIVATION_WORDS)
@pytest.mark.parametrize("size", [0.0, 1e6])
@pytest.mark.parametrize("learning_rate", [0.0, 1000.0])
def test_extremes_stay_numbers(activation, size, learning_rate):
    signs = np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]])
    net = TinyNet(size * signs, [size] * 3, -size * signs.T, [size, -size], activation)
    for x in ([0.0, 0.0], [1e6, -1e6]):
        for genre in (0, 1):
            found = walk(net, x, genre, learning_rate=learning_rate)
            assert np.isfinite(list(found.values.values())).all()
            for step in found.steps:
                assert "nan" not in step.numbers
                assert "inf" not in step.numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.5, "0.5"), (12.3456, "12.35"), (-1e-9, r"-1\cdot 10^{-9}"), (99999.7, "100000"), (1234.0, "1234")],
)
def test_numbers_are_written_shortly(value, text):
    assert as_latex(value) == text
    assert as_latex(-2.5, signed=True) == "(-2.5)"


def test_symbols():
    assert symbol("w1_23") == "w^{(1)}_{23}"
    assert symbol("d_h_1") == r"\frac{\partial L}{\partial h_{1}}"
    assert symbol("L") == "L"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: walk(tiny_net(), [1.0], 0), r"The features must have the shape \(2\)\. Received: \(1,\)"),
        (lambda: walk(tiny_net(), [1.0, np.nan], 0), "The features must hold finite numbers"),
        (lambda: walk(tiny_net(), [1.0, 2.0], 2), r"The genre must be one of 0, 1\. Received: 2\."),
        (
            lambda: walk(tiny_net(), [1.0, 2.0], 0, learning_rate=1e4),
            r"The learning rate must lie in \[0, 1000\]\. Received: 10000\.",
        ),
        (lambda: walk(tiny_net(), [1.0, 2.0], 0).of("sideways"), "no phase named 'sideways'"),
        (lambda: tiny_net(activation="step"), "no activation named 'step'. Choose one of: relu, sigmoid, tanh"),
        (lambda: tiny_net(2, 7), "up to 6 features, hidden neurons and genres, and two genres at least. Received: 2, 7 and 2"),
        (lambda: TinyNet([[1e7]], [0], [[1, 1]], [0, 0]), r"The largest number of hidden must lie in \[0, 1e\+06\]"),
    ],
)
def test_what_does_not_fit_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
