import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from genre_core.errors import ParameterError
from genre_core.teaching.convolving import FILTERS, alike, at_place, convolve, filter_of, lit, max_pool, onset_curve

PICTURES = arrays(np.float64, st.tuples(st.integers(5, 9), st.integers(5, 9)), elements=st.floats(-10, 10))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2])
def test_answers_are_those_of_keras(keras_said, padding, stride):
    said = keras_said["sliding"]
    found = convolve(said["picture"], said["kernel"], padding=padding, stride=stride, bias=said["bias"])
    np.testing.assert_allclose(found, said["convolved"][f"{padding} {stride}"], atol=1e-6)
    for row, column in np.ndindex(found.shape):
        place = at_place(said["picture"], said["kernel"], row, column, padding=padding, stride=stride, bias=said["bias"])
        assert place.answer == pytest.approx(found[row, column])
        assert place.products.sum() + said["bias"] == pytest.approx(place.answer)


@pytest.mark.parametrize("size", [(2, 2), (3, 2)])
def test_pools_are_those_of_keras_and_say_where_it_was(keras_said, size):
    picture = np.array(keras_said["sliding"]["picture"])
    pooled = max_pool(picture, size)
    np.testing.assert_allclose(pooled.values, keras_said["sliding"]["pooled"][f"{size[0]} {size[1]}"], atol=1e-6)
    np.testing.assert_array_equal(picture[pooled.rows, pooled.columns], pooled.values)


def test_a_place_says_where_it_lies():
    picture = np.arange(12.0).reshape(3, 4)
    place = at_place(picture, np.ones((3, 3)), 0, 0, padding="same")
    assert (place.row, place.column) == (-1, -1)
    np.testing.assert_array_equal(place.patch, [[0, 0, 0], [0, 0, 1], [0, 4, 5]])
    inside = at_place(picture, np.ones((2, 2)), 1, 2)
    assert (inside.row, inside.column) == (1, 2)
    assert inside.answer == 6 + 7 + 10 + 11


def drawn(what):
    picture = np.zeros((21, 21))
    if what == "onset":
        picture[:, 10:] = 1
    elif what == "end":
        picture[:, :10] = 1
    elif what == "tone":
        picture[10] = 1
    elif what == "blob":
        picture[10:12, 10:12] = 1
    else:
        picture[np.arange(21), np.arange(21)] = 1
    return picture


@pytest.mark.parametrize("what", FILTERS)
def test_each_filter_answers_its_own_picture_most(what):
    answers = {name: convolve(drawn(what), one.weights).max() for name, one in FILTERS.items()}
    assert max(answers, key=answers.get) == what
    assert answers[what] == pytest.approx(1)


@pytest.mark.parametrize("one", FILTERS.values(), ids=list(FILTERS))
def test_even_sound_is_no_pattern(one):
    np.testing.assert_allclose(convolve(np.full((20, 20), 7.0), one.weights), 0, atol=1e-12)


@settings(max_examples=30)
@given(PICTURES, st.integers(0, 3))
def test_a_picture_moved_moves_the_answer(picture, by):
    weights = FILTERS["tone"].weights
    moved = np.pad(picture, ((0, 0), (by, 0)))
    np.testing.assert_allclose(convolve(moved, weights)[:, by:], convolve(picture, weights), atol=1e-9)
    assert convolve(picture, weights, padding="same").shape == picture.shape


@settings(max_examples=30)
@given(PICTURES)
def test_pooling_does_not_see_where_in_its_neighbourhood_a_thing_is(picture):
    turned = picture[: picture.shape[0] // 2 * 2].reshape(-1, 2, picture.shape[1])[:, ::-1].reshape(-1, picture.shape[1])
    np.testing.assert_array_equal(max_pool(picture, (2, 2)).values, max_pool(turned, (2, 2)).values)
    assert max_pool(picture, picture.shape).values.item() == picture.max()


def test_an_onset_curve_peaks_where_strokes_begin():
    level = np.full((40, 100), -80.0)
    for start in (20, 50, 80):
        level[:, start : start + 8] = -20.0
    curve = onset_curve(level)
    assert [*np.flatnonzero(curve > 0.9)] == [20, 50, 80]
    assert curve.max() == 1
    np.testing.assert_array_equal(onset_curve(np.full((40, 100), -80.0)), 0)


def test_brightness_is_zero_in_silence():
    np.testing.assert_allclose(lit([[0.0, -40.0, -80.0, -200.0]]), [[1, 0.5, 0, 0]])


def test_pictures_are_alike_place_by_place():
    picture = np.array([[0.0, 1.0], [2.0, 5.0]])
    assert alike(picture, 3 * picture + 1) == pytest.approx(1)
    assert alike(picture, -picture) == pytest.approx(-1)
    assert alike(picture, np.random.default_rng(0).normal(size=(2, 2))) == pytest.approx(
        np.corrcoef(picture.ravel(), np.random.default_rng(0).normal(size=(2, 2)).ravel())[0, 1]
    )
    assert alike(np.ones((2, 2)), np.ones((2, 2))) == 1
    assert alike(np.ones((2, 2)), picture) == 0


def test_a_stroke_that_comes_later_is_another_picture_until_it_is_pooled():
    early, late = np.zeros((2, 4, 16))
    early[1, 4] = late[1, 6] = 1.0
    assert alike(early, late) < 0
    assert alike(max_pool(early, (1, 4)).values, max_pool(late, (1, 4)).values) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: convolve(np.zeros((2, 9)), np.zeros((3, 3))), "fits into the picture of 2 x 9. Received: 3 x 3"),
        (lambda: convolve(np.zeros((20, 20)), np.zeros((16, 1))), "at most 15 rows and columns"),
        (
            lambda: convolve(np.zeros((5, 5)), np.zeros((3, 3)), padding="full"),
            "no padding named 'full'. Choose one of: same, valid",
        ),
        (lambda: convolve(np.zeros((5, 5)), np.zeros((3, 3)), stride=0), r"The stride must lie in \[1, 8\]"),
        (lambda: at_place(np.zeros((5, 5)), np.zeros((3, 3)), 3, 0), r"places \(0, 0\) to \(2, 2\)\. Received: \(3, 0\)"),
        (lambda: max_pool(np.zeros((2, 2)), (3, 1)), r"neighbourhood must lie in \[1, 2\]\. Received: 3"),
        (lambda: alike(np.ones((2, 2)), np.ones((2, 3))), r"The second picture must have the shape \(2, 2\)"),
        (lambda: filter_of("corner"), "no filter named 'corner'"),
    ],
)
def test_what_does_not_fit_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
