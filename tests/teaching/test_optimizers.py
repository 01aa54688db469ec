import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.optimizers import OPTIMIZERS, optimizer_of
from genre_core.teaching.surfaces import SURFACES
from tests.teaching.write_keras import OPTIMIZED

SLOPES = {
    "valley": SURFACES["valley"].slope,
    "rosenbrock": SURFACES["rosenbrock"].slope,
    "plain": lambda w: np.array([0.0, 2 * w[1]]),
}


@pytest.mark.parametrize("landscape", OPTIMIZED)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_step_is_that_of_keras(keras_said, name, landscape):
    start, rate = OPTIMIZED[landscape]
    row, point = OPTIMIZERS[name], np.array(start)
    memory = row.start(point)
    for number, theirs in enumerate(keras_said["walks"][name][landscape][1:], start=1):
        step, memory = row.step(SLOPES[landscape](point), memory, rate, number)
        point = point + step
        np.testing.assert_allclose(point, theirs, atol=1e-6, err_msg=f"step {number}")


def test_the_table_is_the_one_that_keras_was_asked_for(keras_said):
    assert set(keras_said["walks"]) == set(OPTIMIZERS)


def test_first_steps_known_by_hand():
    g = np.array([3.0, -0.5])
    first = {name: row.step(g, row.start(g), 0.1, 1)[0] for name, row in OPTIMIZERS.items()}
    np.testing.assert_allclose(first["sgd"], -0.1 * g)
    np.testing.assert_allclose(first["momentum"], -0.1 * g)
    np.testing.assert_allclose(first["nesterov"], -0.19 * g)
    np.testing.assert_allclose(first["rmsprop"], -0.1 * np.sign(g) / np.sqrt(0.1), rtol=1e-5)
    np.testing.assert_allclose(first["adam"], -0.1 * np.sign(g), rtol=1e-4)  # as far for a slope of any size


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_slope_no_step(name):
    row, nothing = OPTIMIZERS[name], np.zeros(3)
    step, memory = row.step(nothing, row.start(nothing), 1000.0, 1)
    np.testing.assert_array_equal(step, 0)
    assert len(memory) == row.n_memories


def test_an_unknown_optimizer_names_those_that_exist():
    with pytest.raises(
        ParameterError, match=r"no optimizer named 'adamw'\. Choose one of: adam, momentum.* Did you mean 'adam'\?"
    ):
        optimizer_of("adamw")
