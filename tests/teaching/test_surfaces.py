import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from genre_core.errors import ParameterError
from genre_core.teaching.surfaces import SURFACES, real_surface, surface_of


def tracks(n=60, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return rng.normal(size=(n, 2)) + np.array([1.0, -0.5]) * (2 * y[:, None] - 1), y


@pytest.mark.parametrize("surface", [*SURFACES.values(), real_surface(*tracks())], ids=lambda one: one.name)
def test_slopes_are_differences_and_the_minimum_is_one(surface):
    rng = np.random.default_rng(1)
    points = np.stack([rng.uniform(*surface.across, 50), rng.uniform(*surface.up, 50)], axis=1)
    for axis in (0, 1):
        step = np.zeros(2)
        step[axis] = 1e-6
        slope = (surface.value(points + step) - surface.value(points - step)) / 2e-6
        np.testing.assert_allclose(surface.slope(points)[:, axis], slope, rtol=1e-5, atol=2e-3)
    bottom = np.array(surface.minimum)
    np.testing.assert_allclose(surface.slope(bottom), 0, atol=1e-9)
    assert (surface.value(points) >= surface.value(bottom)).all()
    x, y, heights = surface.heights(20)
    assert heights.shape == (20, 20)
    assert heights[3, 7] == pytest.approx(surface.value(np.array([x[7], y[3]])))
    for (low, high), value in zip((surface.across, surface.up), surface.start, strict=True):
        assert low <= value <= high


def test_known_heights():
    assert SURFACES["valley"].value(np.array([2.0, 1.0])) == pytest.approx(14.5)
    assert SURFACES["rosenbrock"].value(np.array([1.0, 1.0])) == 0
    assert SURFACES["beale"].value(np.array([3.0, 0.5])) == 0
    assert SURFACES["saddle"].value(np.array([0.0, -1.0])) == SURFACES["saddle"].value(np.array([0.0, 1.0])) == -0.25


def test_the_loss_of_real_tracks_is_scikit_learns():
    x, y = tracks()
    surface = real_surface(x, y, l2=0.05)
    theirs = LogisticRegression(C=1 / (0.05 * len(x)), fit_intercept=False, tol=1e-10).fit(x, y)
    np.testing.assert_allclose(surface.minimum, theirs.coef_[0], atol=1e-5)
    at_zero = surface.value(np.zeros(2))
    assert at_zero == pytest.approx(np.log(2))


@pytest.mark.parametrize("x", [[[0.0, 0.0]], [[1e6, -1e6]], [[1e-9, 0.0]]])
def test_one_track_and_extremes_are_finite(x):
    surface = real_surface(x, [1])
    assert np.isfinite(surface.heights(30)[2]).all()
    assert np.isfinite(surface.minimum).all()


def test_what_is_no_surface_is_said():
    with pytest.raises(ParameterError, match="no surface named 'hill'"):
        surface_of("hill")
    with pytest.raises(ParameterError, match=r"l2 must lie in \[1e-06, 100\]\. Received: 0\."):
        real_surface([[1.0, 2.0]], [0], l2=0)
    with pytest.raises(ParameterError, match=r"indices of genres, 0 to 1\. Received: \[3\.0\]"):
        real_surface([[1.0, 2.0]], [3])
