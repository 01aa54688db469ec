import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.guessing import guess_slopes, on_the_way
from genre_core.teaching.surfaces import SURFACES, Surface, real_surface
from tests.teaching.test_surfaces import tracks

AT = (-1.0, 1.0)


def test_all_tracks_guess_the_slope_itself():
    x, y = tracks()
    found = guess_slopes(x, y, AT, batch_size=1000)
    np.testing.assert_allclose(found.whole, real_surface(x, y).slope(np.array(AT)))
    np.testing.assert_allclose(found.guesses, np.tile(found.whole, (40, 1)))
    assert found.spread == pytest.approx(0)
    assert (found.share_downhill, found.batch_size) == (1.0, 60)


def test_guesses_are_right_on_average_and_scatter_by_the_root_of_their_number():
    x, y = tracks(n=2000)
    one, four = (guess_slopes(x, y, AT, batch_size=size, n_batches=1000) for size in (1, 4))
    np.testing.assert_allclose(four.guesses.mean(axis=0), four.whole, atol=0.05)
    assert one.spread / four.spread == pytest.approx(2, rel=0.1)


def test_one_track_is_its_own_slope():
    x, y = tracks()
    found = guess_slopes(x, y, AT, batch_size=1, n_batches=200)
    each = np.array([real_surface(x[[place]], y[[place]]).slope(np.array(AT)) for place in range(len(x))])
    assert all(np.isclose(guess, each).all(axis=1).any() for guess in found.guesses)


def test_at_the_bottom_every_guess_is_wrong():
    x, y = tracks()
    surface = real_surface(x, y)
    far, near = (guess_slopes(x, y, on_the_way(surface, share), batch_size=4, n_batches=200) for share in (0.0, 0.99))
    assert far.share_downhill > 0.95 > 0.8 > near.share_downhill
    assert guess_slopes(x, y, surface.minimum, batch_size=4).spread > 1e6


def test_the_way_leads_from_the_start_to_the_bottom():
    valley = SURFACES["valley"]
    assert on_the_way(valley, 0) == valley.start
    assert on_the_way(valley, 0.5) == pytest.approx((-2.5, 0.75))
    assert on_the_way(valley, 1) == pytest.approx(valley.minimum)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: guess_slopes(*tracks(), AT, batch_size=0), "The batch size must lie in"),
        (lambda: guess_slopes(*tracks(), (np.nan, 0), batch_size=1), "The place must hold finite numbers"),
        (lambda: guess_slopes(*tracks(), AT, batch_size=1, n_batches=0), "The number of batches must lie in"),
        (lambda: on_the_way(SURFACES["valley"], 1.5), r"The share of the way must lie in \[0, 1\]\. Received: 1\.5\."),
        (lambda: on_the_way(endless(), 0.5), "must end somewhere. Received: Endless"),
    ],
)
def test_what_cannot_be_guessed_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()


def endless() -> Surface:
    valley = SURFACES["valley"]
    return Surface("endless", "Endless", "", "", valley.value, valley.slope, valley.across, valley.up, valley.start, None, 0.1)
