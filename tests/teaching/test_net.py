import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.backprop import walk
from genre_core.teaching.net import Net, new_net, penalty, slopes
from genre_core.teaching.tiny_net import TinyNet


def test_loss_and_slopes_with_penalties_are_those_of_keras(keras_said):
    said = keras_said["regularised"]
    parts = [np.array(part) for part in said["weights"]]
    net = Net(tuple(parts[::2]), tuple(parts[1::2]))
    loss, found = slopes(net, np.array(said["x"]), np.eye(3)[said["y"]], l1=said["l1"], l2=said["l2"])
    assert loss == pytest.approx(said["loss"], abs=1e-6)
    for ours, theirs in zip(found.weights, said["slopes"][::2], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    for ours, theirs in zip(found.biases, said["slopes"][1::2], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_it_is_the_net_of_the_walk():
    rng = np.random.default_rng(1)
    net = new_net((2, 3, 2), rng)
    x = np.array([0.7, -0.4])
    found = walk(TinyNet(net.weights[0], net.biases[0], net.weights[1], net.biases[1], "relu"), x, 1)
    loss, slope = slopes(net, x[None], np.eye(2)[[1]])
    assert loss == pytest.approx(found.loss)
    np.testing.assert_allclose(slope.weights[0], found.gradients["hidden"])
    np.testing.assert_allclose(slope.weights[1], found.gradients["output"])
    np.testing.assert_allclose(net.posteriors(x[None])[0], [found.values["p_1"], found.values["p_2"]])


def test_slopes_with_dropout_are_differences_of_the_loss():
    rng = np.random.default_rng(2)
    net = new_net((3, 5, 4, 2), rng)
    x, wanted, step = rng.normal(size=(6, 3)), np.eye(2)[rng.integers(0, 2, 6)], 1e-6

    def loss_of(weights):
        return slopes(Net(weights, net.biases), x, wanted, dropout=0.4, rng=np.random.default_rng(5))[0]

    slope = slopes(net, x, wanted, dropout=0.4, rng=np.random.default_rng(5))[1]
    for layer in range(3):
        for place in ((0, 0), (1, 1), (2, 0)):
            ends = []
            for by in (step, -step):
                weights = [part.copy() for part in net.weights]
                weights[layer][place] += by
                ends.append(loss_of(tuple(weights)))
            assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(slope.weights[layer][place], abs=1e-6)


def test_dropout_changes_nothing_on_average():
    net = Net((np.ones((1, 4000)), np.full((4000, 2), 1 / 4000)), (np.zeros(4000), np.zeros(2)))
    x, wanted = np.ones((50, 1)), np.eye(2)[np.zeros(50, int)]
    dropped = slopes(net, x, wanted, dropout=0.5, rng=np.random.default_rng(0))[1]
    np.testing.assert_allclose(dropped.weights[1].mean(), slopes(net, x, wanted)[1].weights[1].mean(), atol=1e-3)
    heard = dropped.weights[1][:, 0]
    assert np.unique(heard.round(6)).size > 10  # each neuron was silent for other tracks


def test_penalty_by_hand():
    net = Net((np.array([[3.0, -4.0]]),), (np.array([100.0, 100.0]),))
    assert penalty(net, l1=0.1, l2=0.01) == pytest.approx(0.7 + 0.25)


def test_the_first_weights_have_the_spread_of_glorot():
    net = new_net((200, 100, 10), np.random.default_rng(0))
    assert np.abs(net.weights[0]).max() == pytest.approx(np.sqrt(6 / 300), rel=0.01)
    assert net.weights[0].std() == pytest.approx(np.sqrt(2 / 300), rel=0.02)
    assert net.n_weights == 200 * 100 + 100 + 100 * 10 + 10


def test_a_layer_too_large_is_said():
    with pytest.raises(ParameterError, match=r"The size of a layer must lie in \[1, 1024\]\. Received: 2000\."):
        new_net((57, 2000, 10), np.random.default_rng(0))
