from itertools import islice

import numpy as np
import pytest

from genre_core.errors import ParameterError, TrainingError
from genre_core.teaching.curing import Cure, evenly, lesson, train
from genre_core.teaching.optimizers import OPTIMIZERS


def few(*, n=24, columns=20, seed=0, spread=1.0):
    """Few tracks, many columns, of which two tell the genre."""
    rng = np.random.default_rng(seed)
    y = np.arange(n + 300) % 3
    x = rng.normal(size=(n + 300, columns))
    x[:, :2] += spread * np.array([[2, 0], [-1, 2], [-1, -2]])[y]
    return lesson(x[:n], y[:n], x[n:], y[n:], n_genres=3)


QUICK = Cure(neurons=64, epochs=60, batch_size=8, learning_rate=0.003)


def last(tracks, **changes):
    return list(train(tracks, QUICK.replace(**changes)))[-1]


def test_a_large_net_learns_few_tracks_by_heart_and_grows_surer_of_its_errors():
    epochs = list(train(few(), QUICK))
    assert [epoch.number for epoch in epochs] == list(range(61))
    assert epochs[-1].train_accuracy == 1
    assert epochs[-1].train_loss < 0.01
    assert epochs[-1].valid_accuracy < 0.85
    best = min(epochs, key=lambda epoch: epoch.valid_loss)
    assert 0 < best.number < 30
    assert epochs[-1].valid_loss > 1.3 * best.valid_loss
    assert [epoch for epoch in epochs if epoch.is_best][-1] is best


@pytest.mark.parametrize("changes", [{"l2": 0.02}, {"l1": 0.003}, {"dropout": 0.7}, {"noise": 1.0}, {"neurons": 2, "layers": 1}])
def test_each_cure_lowers_the_valid_loss_of_such_a_net(changes):
    seeds = range(2)
    plain, cured = (np.mean([last(few(seed=seed), seed=seed, **kind).valid_loss for seed in seeds]) for kind in ({}, changes))
    assert cured < 0.9 * plain


def test_l1_switches_weights_off_and_l2_makes_them_small():
    plain, l1, l2 = last(few()), last(few(), l1=0.003), last(few(), l2=0.02)
    assert l1.near_zero > 0.6 > 0.05 > plain.near_zero
    spreads = [np.abs(epoch.histogram()[0]).max() for epoch in (plain, l2)]
    assert spreads[1] < spreads[0]
    edges, counts = plain.histogram(bins=11)
    assert counts.sum() == sum(part.size for part in plain.net.weights)
    assert edges.shape == (12,)
    assert l1.penalty > 0 == plain.penalty


def test_early_stopping_gives_up_after_its_patience():
    epochs = list(train(few(), QUICK.replace(patience=5)))
    best = [epoch for epoch in epochs if epoch.is_best][-1]
    assert epochs[-1].number == best.number + 5 < 60
    assert best.valid_loss == min(epoch.valid_loss for epoch in epochs)


def test_more_tracks_help():
    losses = [np.mean([last(few(n=n, seed=seed)).valid_loss for seed in range(2)]) for n in (12, 120)]
    assert losses[1] < 0.8 * losses[0]


def test_the_same_seed_is_the_same_training_and_it_can_be_stopped():
    once, again, other = (list(islice(train(few(), QUICK.replace(seed=seed, dropout=0.3)), 4)) for seed in (1, 1, 2))
    assert [epoch.valid_loss for epoch in once] == [epoch.valid_loss for epoch in again]
    assert once[3].valid_loss != other[3].valid_loss


def test_the_untrained_net_is_near_guessing():
    epoch = next(train(few(), QUICK))
    assert epoch.number == 0
    assert epoch.train_loss == pytest.approx(np.log(3), abs=0.6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_trains(optimizer):
    rate = 0.05 if optimizer in ("sgd", "momentum", "nesterov") else 0.001
    assert last(few(spread=2.0), optimizer=optimizer, learning_rate=rate, epochs=30).train_accuracy > 0.9


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_rate_of_a_thousand_gives_numbers_or_says_so(optimizer):
    asked = train(few(), QUICK.replace(optimizer=optimizer, learning_rate=1000.0, epochs=20, l2=1.0))
    if optimizer in ("sgd", "momentum", "nesterov"):
        with pytest.raises(TrainingError, match=r"beyond a million after \d+ steps\. Choose a smaller learning rate than 1000\."):
            list(asked)
    else:
        for epoch in asked:
            assert np.isfinite([epoch.train_loss, epoch.valid_loss, epoch.penalty]).all()


@pytest.mark.parametrize("x", [np.zeros((1, 3)), np.full((1, 3), 1e6)])
def test_one_track_and_zero_columns_are_numbers(x):
    tracks = lesson(x, [1], [[1e6, -1e6, 0.0]], [0], n_genres=2)
    for epoch in train(tracks, QUICK.replace(epochs=5)):
        assert np.isfinite([epoch.train_loss, epoch.valid_loss]).all()
        assert 0 <= epoch.valid_accuracy <= 1


def test_valid_tracks_do_not_set_the_scale():
    one = lesson([[0.0], [2.0]], [0, 1], [[100.0]], [0], n_genres=2)
    np.testing.assert_allclose(one.x_train, [[-1], [1]])
    np.testing.assert_allclose(one.x_valid, [[99]])


def test_fewer_tracks_are_drawn_evenly_and_are_part_of_more():
    y = np.repeat([0, 1, 2], [50, 10, 4])
    small, large = evenly(y, 12, seed=1), evenly(y, 30, seed=1)
    assert [*np.bincount(y[small])] == [4, 4, 4]
    assert set(small) < set(large)
    assert [*np.bincount(y[large])] == [16, 10, 4]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Cure(dropout=0.95), r"dropout must lie in \[0, 0\.9\]\. Received: dropout=0\.95"),
        (lambda: Cure(optimizer="lion"), "optimizer must be one of sgd, momentum"),
        (lambda: lesson([[1.0]], [0], [[1.0, 2.0]], [0], n_genres=2), r"The valid tracks must have the shape \(n, 1\)"),
        (
            lambda: lesson([[1.0]], [2], [[1.0]], [0], n_genres=2),
            "The genres of training tracks must hold indices of genres, 0 to 1",
        ),
        (lambda: lesson([[1.0]], [0], [[1.0]], [0], n_genres=2, n_tracks=2), r"The number of tracks must lie in \[1, 1\]"),
    ],
)
def test_what_cannot_be_trained_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()
