import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.descent import descend, descend_in_batches
from genre_core.teaching.optimizers import OPTIMIZERS
from genre_core.teaching.surfaces import SURFACES, real_surface
from tests.teaching.test_surfaces import tracks

VALLEY = SURFACES["valley"]


def test_plain_descent_in_a_valley_by_hand():
    path = descend(VALLEY, "sgd", learning_rate=0.03, n_steps=10, start=(1.0, 1.0))
    steps = np.arange(11)
    np.testing.assert_allclose(path.points, np.stack([0.97**steps, 0.25**steps], axis=1))
    np.testing.assert_allclose(path.losses, VALLEY.value(path.points))
    assert not path.flew_off


@pytest.mark.parametrize(("rate", "arrives", "flies"), [(0.001, False, False), (0.07, True, False), (0.081, False, True)])
def test_too_small_creeps_too_large_flies_off(rate, arrives, flies):
    path = descend(VALLEY, "sgd", learning_rate=rate, n_steps=1000)
    assert (path.steps_to(VALLEY.minimum) is not None and path.steps_to(VALLEY.minimum) < 200) == arrives
    assert path.flew_off == flies  # beyond 2 / 25 every step across is longer than the last


def test_momentum_is_faster_along_the_valley():
    plain, heavy = (descend(VALLEY, name, learning_rate=0.01, n_steps=1000).steps_to((0, 0)) for name in ("sgd", "momentum"))
    assert heavy < plain / 2


def test_adam_leaves_a_saddle_sooner_than_plain_descent():
    saddle = SURFACES["saddle"]
    steps = {}
    for name in ("sgd", "adam"):
        path = descend(saddle, name, learning_rate=0.05, n_steps=2000)
        steps[name] = int(np.argmax(np.abs(path.points[:, 1]) > 0.5))
        assert path.losses[-1] == pytest.approx(-0.25, abs=1e-3)
    assert steps["adam"] < steps["sgd"] / 3


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda one: one.name)
@pytest.mark.parametrize("rate", [1e-6, 1000.0])
def test_a_path_holds_numbers_alone(name, surface, rate):
    path = descend(surface, name, learning_rate=rate, n_steps=200, start=(4.4, -4.4))
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.losses).all()
    assert path.n_steps == 200 or path.flew_off


def test_a_batch_of_all_is_the_whole_slope():
    x, y = tracks()
    whole = descend(real_surface(x, y), "adam", learning_rate=0.1, n_steps=20)
    batched = descend_in_batches(x, y, "adam", batch_size=1000, learning_rate=0.1, n_epochs=20)
    np.testing.assert_allclose(batched.points, whole.points, atol=1e-9)
    np.testing.assert_array_equal(batched.epochs, np.arange(21))


def test_small_batches_shake_and_see_as_much():
    x, y = tracks()
    asked = {"learning_rate": 0.2, "n_epochs": 40, "seed": 3, "start": real_surface(x, y).minimum}
    paths = {size: descend_in_batches(x, y, "sgd", batch_size=size, **asked) for size in (1, 8, 60)}
    assert [path.n_steps for path in paths.values()] == [40 * 60, 40 * 8, 40]
    assert all(path.epochs[-1] == pytest.approx(40) for path in paths.values())
    rough = {size: path.losses.std() for size, path in paths.items()}
    assert rough[1] > 2 * rough[8] > 1e3 * rough[60]
    again = descend_in_batches(x, y, "sgd", batch_size=8, **asked)
    np.testing.assert_array_equal(again.points, paths[8].points)


def test_steps_to_counts_from_when_it_stays():
    path = descend(VALLEY, "sgd", learning_rate=0.03, n_steps=100, start=(1.0, 0.0))
    assert path.steps_to((0.0, 0.0), within=0.5) == 23  # 0.97 ** 23 is the first below one half
    assert path.steps_to((9.0, 9.0)) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: descend(VALLEY, "sgd", learning_rate=0.0), r"The learning rate must lie in \[1e-06, 1000\]\. Received: 0\."),
        (lambda: descend(VALLEY, "sgd", learning_rate=0.1, n_steps=0), "The number of steps must lie in"),
        (lambda: descend(VALLEY, "sgd", learning_rate=0.1, start=(np.inf, 0)), "The start must hold finite numbers"),
        (lambda: descend(VALLEY, "newton", learning_rate=0.1), "no optimizer named 'newton'"),
        (lambda: descend_in_batches(*tracks(), "sgd", batch_size=0, learning_rate=0.1), "The batch size must lie in"),
        (
            lambda: descend_in_batches(*tracks(), "sgd", batch_size=1, learning_rate=0.1, n_epochs=1000),
            r"The number of steps must lie in \[1, 20000\]\. Received: 60000\.",
        ),
    ],
)
def test_what_is_no_walk_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
