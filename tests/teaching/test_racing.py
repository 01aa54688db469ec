import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.descent import descend
from genre_core.teaching.optimizers import OPTIMIZERS
from genre_core.teaching.racing import RATES, best_rate, race
from genre_core.teaching.surfaces import SURFACES

VALLEY = SURFACES["valley"]


def test_plain_descent_takes_the_largest_rate_below_the_bound():
    assert best_rate(VALLEY, "sgd", n_steps=100, rates=(0.01, 0.07, 0.09)) == 0.07  # beyond 2 / 25 it grows


@pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda one: one.name)
def test_each_runs_with_the_rate_that_ends_lowest(surface):
    for name, (rate, path) in race(surface, n_steps=60).items():
        tried = [descend(surface, name, learning_rate=each, n_steps=60) for each in RATES]
        least = min(float(walk.losses[-1]) for walk in tried if not walk.flew_off)
        assert path.losses[-1] == pytest.approx(least)
        assert rate in RATES
        assert np.isfinite(path.points).all()


def test_with_one_rate_all_have_it():
    found = race(VALLEY, n_steps=10, rates=(0.5,))
    assert list(found) == list(OPTIMIZERS)
    assert {rate for rate, _ in found.values()} == {0.5}
    assert len(found["momentum"][1].points) == len(descend(VALLEY, "momentum", learning_rate=0.5, n_steps=10).points)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"rates": ()}, "Received: 6 optimizers, 0 rates."),
        ({"optimizers": ()}, "Received: 0 optimizers"),
        ({"optimizers": ("newton",)}, "no optimizer named 'newton'"),
        ({"rates": (0.0,)}, "The learning rate must lie in"),
    ],
)
def test_what_is_no_race_is_said(asked, words):
    with pytest.raises(ParameterError, match=words):
        race(VALLEY, **asked)
