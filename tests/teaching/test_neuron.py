import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from genre_core.errors import ParameterError
from genre_core.teaching.neuron import (
    ACTIVATIONS,
    SLOPES,
    Layer,
    accuracy,
    border_line,
    borders,
    log_loss,
    relu,
    sigmoid,
    softmax,
)

SUMS = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=st.floats(-1e6, 1e6))


def test_one_neuron_by_hand():
    layer = Layer([[2.0], [-1.0]], [0.5], "sigmoid")
    x = [[1.0, 2.5], [0.0, 0.0]]
    np.testing.assert_allclose(layer.sums(x), [[0.0], [0.5]])
    np.testing.assert_allclose(layer.answers(x), [[0.5], [0.6224593312]])
    np.testing.assert_allclose(layer.posteriors(x), [[0.5, 0.5], [0.3775406688, 0.6224593312]])
    np.testing.assert_array_equal(relu(layer.sums([[0, 3]])), [[0]])


@given(SUMS)
def test_softmax_sums_to_one_and_ignores_a_shift(z):
    shares = softmax(z)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (shares >= 0).all()
    np.testing.assert_allclose(softmax(z + 1000), shares, atol=1e-9)


@given(SUMS)
def test_sigmoid_is_scipys_and_the_softmax_of_two(z):
    np.testing.assert_allclose(sigmoid(z), scipy.special.expit(z), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(sigmoid(z) + sigmoid(-z), 1)
    two = softmax(np.stack([np.zeros_like(z), z], axis=-1))[..., 1]
    np.testing.assert_allclose(two, sigmoid(z), atol=1e-12)


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_are_differences(name):
    z = np.array([-3.0, -0.5, 0.2, 1.0, 4.0])
    step = 1e-6
    slope = (ACTIVATIONS[name](z + step) - ACTIVATIONS[name](z - step)) / (2 * step)
    np.testing.assert_allclose(SLOPES[name](z), slope, atol=1e-8)


def test_loss_and_accuracy_by_hand():
    posteriors = [[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5]]
    assert log_loss(posteriors, [0, 1, 2]) == pytest.approx(2 * np.log(2) / 3)
    assert accuracy(posteriors, [0, 1, 0]) == pytest.approx(2 / 3)
    assert log_loss(np.full((7, 10), 0.1), np.arange(7)) == pytest.approx(np.log(10))
    assert log_loss([[1.0, 0.0]], [1]) == pytest.approx(15 * np.log(10))  # certain and wrong, and still a number


def test_the_border_is_where_both_are_equal():
    layer = Layer([[2.0], [-1.0]], [0.5])
    low, high = border_line(layer, (-1.0, 3.0))
    np.testing.assert_allclose(layer.posteriors([[-1.0, low], [3.0, high]]), 0.5)
    plane = borders(layer, (-1, 3), (-4, 8), points=41)
    assert plane.posteriors.shape == (41, 41, 2)
    height = plane.up[:, None] - (2 * plane.across + 0.5)  # above the border
    clear = np.abs(height) > 1e-9
    np.testing.assert_array_equal((plane.genres == 0)[clear], (height > 0)[clear])


def test_three_genres_share_the_plane():
    layer = Layer([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]], [0, 0, 0], "softmax")
    plane = borders(layer, (-2, 2), (-2, 2), points=11)
    np.testing.assert_allclose(plane.posteriors.sum(axis=2), 1)
    assert plane.genres[0, 10] == 0
    assert plane.genres[0, 0] == 1
    assert plane.genres[10, 5] == 2


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_weights_of_a_million_are_finite(activation):
    layer = Layer(
        np.full((2, 1 if activation == "sigmoid" else 3), 1e6), np.zeros(1 if activation == "sigmoid" else 3), activation
    )
    posteriors = layer.posteriors([[1e6, 1e6], [-1e6, -1e6], [0, 0]])
    assert np.isfinite(posteriors).all()
    assert np.isfinite(log_loss(posteriors, [0, 1, 0]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Layer([[1.0]], [0.0], "step"), "no activation named 'step'. Choose one of: linear, relu"),
        (lambda: Layer([[1.0]], [0.0, 1.0]), r"biases must have the shape \(1\)\. Received: \(2,\)"),
        (lambda: Layer([[np.inf]], [0.0]), "weights must hold finite numbers"),
        (lambda: Layer([[1.0]], [0.0]).sums([[1, 2]]), r"The features must have the shape \(n, 1\)"),
        (lambda: Layer([[1.0]], [0.0], "relu").posteriors([[1]]), "one neuron with sigmoid.*Received: 1 with relu"),
        (lambda: log_loss([[0.5, 0.5]], [2]), r"indices of genres, 0 to 1\. Received: \[2\.0\]"),
        (lambda: borders(Layer([[1.0]], [0.0]), (0, 1), (0, 1)), "A plane has two features. Received: a layer of 1"),
        (lambda: borders(Layer([[1.0], [1.0]], [0.0]), (0, 1), (0, 1), points=1), "2 to 400 points"),
        (
            lambda: border_line(Layer([[1.0], [0.0]], [0.0]), (0, 1)),
            r"a weight other than 0\. Received: weights \[\[1\.0\], \[0\.0\]\]",
        ),
    ],
)
def test_what_does_not_fit_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
