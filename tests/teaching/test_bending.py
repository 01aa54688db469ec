import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.bending import bend, bent_borders, folds
from genre_core.teaching.fitting import fit_layer
from genre_core.teaching.neuron import accuracy

CORNERS = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
EITHER = np.array([0, 0, 1, 1])
"""Exclusive or: one of the two, not both. No straight line does it."""


def test_one_line_cannot_do_either_or_and_three_can():
    x = 2 * CORNERS - 1
    assert accuracy(bend(x, EITHER, n_hidden=0).posteriors(x), EITHER) <= 0.75
    # Two would do, but learning finds them from few starts only.
    assert accuracy(bend(x, EITHER, n_hidden=3).posteriors(x), EITHER) == 1


def test_what_lies_between_needs_two_lines():
    x = np.stack([np.linspace(-2, 2, 60), np.zeros(60)], axis=1)
    between = (np.abs(x[:, 0]) < 0.7).astype(int)
    assert accuracy(bend(x, between, n_hidden=0).posteriors(x), between) < 0.7
    assert accuracy(bend(x, between, n_hidden=2).posteriors(x), between) > 0.95


def test_without_hidden_neurons_it_is_the_best_layer():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    x = rng.normal(size=(60, 2)) + y[:, None]
    net = bend(x, y, n_hidden=0)
    # A difference of two columns, each with l2 w², is held by l2 of the difference.
    wanted = fit_layer(x, y, n_genres=2, l2=0.002)
    np.testing.assert_allclose(net.posteriors(x), wanted.posteriors(x), atol=0.01)
    assert folds(net) == []


def test_the_same_question_has_the_same_answer():
    x = 2 * CORNERS - 1
    a, b = (bend(x, EITHER, n_hidden=3, seed=4) for _ in range(2))
    np.testing.assert_array_equal(a.posteriors(x), b.posteriors(x))


def test_borders_bend_at_the_lines_of_the_hidden_neurons():
    x = 2 * CORNERS - 1
    net = bend(x, EITHER, n_hidden=2)
    said = bent_borders(net, (-1, 1), (-2, 2), points=21)
    assert said.posteriors.shape == (21, 21, 2)
    np.testing.assert_allclose(said.posteriors[0, 0], net.posteriors(np.array([[-1.0, -2.0]]))[0])
    np.testing.assert_allclose(said.posteriors.sum(axis=2), 1)
    for w1, w2, b in folds(net):
        on = -b * np.array([w1, w2]) / (w1**2 + w2**2)
        hidden = on @ net.weights[0] + net.biases[0]
        assert np.abs(hidden).min() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("x", [np.zeros((3, 2)), np.full((2, 2), 1000.0), np.array([[0.5, -0.5]])])
def test_extremes_are_finite(x):
    for n_hidden in (0, 8):
        assert np.isfinite(bend(x, np.arange(len(x)) % 2, n_hidden=n_hidden).posteriors(x)).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bend(CORNERS, EITHER, n_hidden=9), r"hidden neurons must lie in \[0, 8\]\. Received: 9"),
        (lambda: bend(1e4 * CORNERS, EITHER, n_hidden=1), r"The largest feature must lie in \[0, 1000\]\. Received: 10000"),
        (lambda: bend(CORNERS[:, :1], EITHER, n_hidden=1), r"shape \(n, 2\)\. Received: \(4, 1\)"),
        (lambda: bent_borders(bend(CORNERS, EITHER, n_hidden=0), (0, 1), (0, 1), points=1), r"points along an axis must lie in"),
    ],
)
def test_what_does_not_fit_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
