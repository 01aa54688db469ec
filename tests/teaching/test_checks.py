import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.checks import between, genre_indices, numbers


def test_numbers_become_float64_and_keep_their_shape():
    found = numbers("x", [[1, 2], [3, 4]], shape=(None, 2))
    assert found.dtype == np.float64
    assert found.shape == (2, 2)
    assert between("x", 2, 2, 2) == 2
    np.testing.assert_array_equal(genre_indices("y", [0.0, 2.0], n=2, n_genres=3), [0, 2])
    assert genre_indices("y", [], n=0).size == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: numbers("x", "loud"), r"x must hold numbers\. Received: 'loud'\."),
        (lambda: numbers("x", [[1], [1, 2]]), r"x must hold numbers\."),
        (lambda: numbers("x", [1.0, np.inf]), r"x must hold finite numbers\. Received: NaN or infinite ones\."),
        (lambda: numbers("x", [1e13]), r"x must hold numbers up to 1e\+12\. Received: 1e\+13\."),
        (lambda: numbers("x", np.zeros((2, 0)), shape=(2, None)), r"x must have the shape \(2, n\)\. Received: \(2, 0\)\."),
        (lambda: numbers("x", 1.0, shape=(1,)), r"x must have the shape \(1\)\. Received: \(\)\."),
        (lambda: between("x", float("nan"), 0, 1, unit="s"), r"x must lie in \[0, 1\] s\. Received: nan\."),
        (lambda: genre_indices("y", [0.5], n=1), r"y must hold indices of genres, 0, 1, 2 \.\.\.\. Received: \[0\.5\]\."),
        (lambda: genre_indices("y", [-1], n=1), "y must hold indices of genres"),
        (lambda: genre_indices("y", [0, 1], n=3), r"y must have the shape \(3\)"),
    ],
)
def test_what_is_no_number_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
