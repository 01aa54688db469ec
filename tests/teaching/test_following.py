import numpy as np
import pytest

from genre_core.teaching.curing import train
from genre_core.teaching.following import Following, best_of
from tests.teaching.test_curing import QUICK, few


def followed(**changes):
    cure = QUICK.replace(epochs=20, **changes)
    found, tracks = Following(cure, 24), few()
    for epoch in train(tracks, cure):
        found.add(epoch)
    found.is_over = True
    return found, epoch


def test_every_epoch_is_kept_and_the_last_one_s_weights():
    found, last = followed()
    assert found.n_epochs == 20
    assert (found.train_loss[-1], found.train_accuracy[-1]) == (last.train_loss, last.train_accuracy)
    assert (found.valid_loss[-1], found.valid_accuracy[-1]) == (last.valid_loss, last.valid_accuracy)
    assert found.counts.sum() == sum(part.size for part in last.net.weights)
    assert found.near_zero == last.near_zero


def test_without_patience_the_last_net_counts_with_it_the_best():
    plain, _ = followed()
    stopped, _ = followed(patience=3)
    assert plain.kept_epoch == 20
    assert plain.best_epoch == int(np.argmin(plain.valid_loss)) < 20
    assert plain.kept_loss == plain.valid_loss[-1]
    assert stopped.kept_epoch == stopped.best_epoch == stopped.n_epochs - 3
    assert stopped.kept_loss == min(stopped.valid_loss)
    assert stopped.kept_accuracy == stopped.valid_accuracy[stopped.best_epoch]


def with_scores(accuracy, loss, *, is_over=True, failure=""):
    return Following(QUICK, 24, [1.0], [1.0], [loss], [accuracy], is_over=is_over, failure=failure)


def test_the_best_is_most_often_right_and_of_equals_the_surest():
    found = [with_scores(0.5, 0.1), with_scores(0.7, 1.2), with_scores(0.7, 0.9), with_scores(0.9, 0.1, is_over=False)]
    assert best_of([*found, with_scores(0.95, 0.1, failure="flew off")]) is found[2]
    assert best_of([]) is None


def test_before_the_first_epoch_there_is_none():
    assert Following(QUICK, 24).n_epochs == -1
    with pytest.raises(ValueError, match="empty"):
        _ = Following(QUICK, 24).best_epoch
