import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.cutting import cut
from genre_core.teaching.surfaces import SURFACES, real_surface
from tests.teaching.test_surfaces import tracks

VALLEY = SURFACES["valley"]


def test_a_parabola_by_hand():
    found = cut(VALLEY, 4.0, learning_rate=0.5, n_steps=3)  # loss w²/2, slope w: each step halves the weight
    np.testing.assert_allclose(found.places, [4, 2, 1, 0.5])
    np.testing.assert_allclose(found.heights, [8, 2, 0.5, 0.125])
    np.testing.assert_allclose(found.slopes, found.places)
    np.testing.assert_allclose(found.steps, [-2, -1, -0.5, -0.25])
    assert found.bottom == pytest.approx(0, abs=0.05)
    np.testing.assert_allclose(found.losses, found.weights**2 / 2)


@pytest.mark.parametrize(("rate", "arrives"), [(0.01, False), (1.0, True), (1.9, True), (2.1, False)])
def test_beyond_twice_the_inverse_of_the_curvature_it_grows(rate, arrives):
    found = cut(VALLEY, 1.0, learning_rate=rate, n_steps=100)
    assert (abs(found.places[-1]) < 0.01) == arrives


def test_the_other_weight_is_held_where_the_loss_is_least():
    surface = real_surface(*tracks())
    found = cut(surface, surface.minimum[0], learning_rate=1.0, n_steps=5)
    np.testing.assert_allclose(found.places, surface.minimum[0], atol=1e-6)
    assert found.heights[0] == pytest.approx(float(surface.value(np.array(surface.minimum))))


@pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda one: one.name)
def test_a_step_beyond_all_bounds_ends_the_walk_in_numbers(surface):
    found = cut(surface, 4.0, learning_rate=1000.0, n_steps=100)
    assert len(found.places) == len(found.heights) == len(found.slopes)
    assert all(np.isfinite(part).all() for part in (found.places, found.heights, found.slopes))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"learning_rate": 0.0}, "The learning rate must lie in"),
        ({"learning_rate": 1.0, "n_steps": 101}, r"The number of steps must lie in \[0, 100\]\. Received: 101\."),
        ({"learning_rate": 1.0, "start": np.nan}, "The start must lie in"),
    ],
)
def test_what_cannot_be_walked_is_said(asked, words):
    with pytest.raises(ParameterError, match=words):
        cut(VALLEY, asked.pop("start", 1.0), **asked)
