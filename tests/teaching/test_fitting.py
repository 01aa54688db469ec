import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from genre_core.errors import ParameterError
from genre_core.teaching.fitting import fit_layer, measure
from genre_core.teaching.neuron import accuracy, log_loss


def clouds(n_genres, *, seed=0, n=40, n_columns=2):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_genres
    return rng.normal(size=(n, n_columns)) + 1.5 * rng.normal(size=(n_genres, n_columns))[y], y


@pytest.mark.parametrize("n_genres", [2, 3, 5])
@pytest.mark.parametrize("l2", [0.003, 0.1])
def test_the_layer_is_scikit_learns(n_genres, l2):
    x, y = clouds(n_genres, n_columns=4)
    found = fit_layer(x, y, n_genres=n_genres, l2=l2).posteriors(x)
    # Two weights of l2 each share a difference of one: the binary model's penalty is half.
    strength = 1 / (len(x) * l2 * (0.5 if n_genres == 2 else 1.0))
    theirs = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000).fit(x, y).predict_proba(x)
    np.testing.assert_allclose(found, theirs, atol=2e-5)


def test_no_other_layer_near_it_is_better():
    x, y = clouds(3)
    layer = fit_layer(x, y, n_genres=3, l2=1e-6)
    rng = np.random.default_rng(1)
    best = log_loss(layer.posteriors(x), y)
    for _ in range(20):
        other = type(layer)(layer.weights + 0.05 * rng.normal(size=(2, 3)), layer.biases, "softmax")
        assert log_loss(other.posteriors(x), y) > best


def test_separable_tracks_one_track_and_silence_are_finite():
    layer = fit_layer([[-1.0, 0.0], [1.0, 0.0]], [0, 1], n_genres=2, l2=1e-6)
    assert accuracy(layer.posteriors([[-1, 0], [1, 0]]), [0, 1]) == 1
    assert np.isfinite(layer.weights).all()
    alone = fit_layer([[3.0, -2.0]], [1], n_genres=3)
    assert alone.posteriors([[3.0, -2.0]]).argmax() == 1
    silent = fit_layer(np.zeros((4, 2)), [0, 0, 0, 1], n_genres=2)
    np.testing.assert_allclose(silent.posteriors([[0, 0]]), [[0.75, 0.25]], atol=1e-6)
    np.testing.assert_array_equal(silent.weights, 0)


def test_a_column_that_never_changes_is_only_shifted():
    x = np.array([[1e6, 1.0], [1e6, 3.0]])
    scale = measure(x)
    np.testing.assert_allclose(scale(x), [[0, -1], [0, 1]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit_layer([[1.0]], [0], n_genres=1), r"The number of genres must lie in \[2, 100\]"),
        (lambda: fit_layer([[1.0]], [0], n_genres=2, l2=0), r"l2 must lie in \[1e-06, 100\]\. Received: 0\."),
        (lambda: fit_layer(np.zeros((2, 1000)), [0, 1], n_genres=2), "At most 1500 weights are fitted here. Received: 2002"),
    ],
)
def test_what_cannot_be_fitted_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
