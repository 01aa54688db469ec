import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.evaluation.intervals import accuracy, bootstrap_interval, each_resample, macro_f1


def right_and_wrong(rng, n, p):
    return np.zeros(n, int), (rng.random(n) >= p).astype(int)


def test_95_percent_of_the_intervals_hold_the_true_accuracy():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        interval = bootstrap_interval(accuracy, *right_and_wrong(rng, 150, 0.8), n_resamples=300)
        held += interval.low <= 0.8 <= interval.high
    assert 0.90 <= held / 300 <= 0.985


def test_its_width_is_that_of_the_binomial():
    interval = bootstrap_interval(accuracy, *right_and_wrong(np.random.default_rng(1), 400, 0.7), n_resamples=4000)
    expected = 2 * 1.96 * np.sqrt(interval.value * (1 - interval.value) / 400)
    assert interval.high - interval.low == pytest.approx(expected, rel=0.08)


def test_artists_whose_tracks_stand_or_fall_together_widen_it():
    rng = np.random.default_rng(2)
    artist = np.repeat(np.arange(40), 10)
    y_pred = np.repeat((rng.random(40) > 0.7).astype(int), 10)
    y_true = np.zeros(400, int)
    by_track = bootstrap_interval(accuracy, y_true, y_pred)
    by_artist = bootstrap_interval(accuracy, y_true, y_pred, groups=artist, over="artists")
    ratio = (by_artist.high - by_artist.low) / (by_track.high - by_track.low)
    assert ratio == pytest.approx(np.sqrt(10), rel=0.2)
    assert (by_artist.n_groups, by_artist.over) == (40, "artists")


def test_equal_seeds_give_equal_intervals_and_names_of_groups_do_not_matter():
    rng = np.random.default_rng(3)
    y_true, y_pred = rng.integers(0, 4, 90), rng.integers(0, 4, 90)
    groups = np.repeat(np.arange(30), 3)
    first = bootstrap_interval(macro_f1, y_true, y_pred, groups=groups, seed=5)
    assert first == bootstrap_interval(macro_f1, y_true, y_pred, groups=[f"artist {g:02}" for g in groups], seed=5)
    assert first != bootstrap_interval(macro_f1, y_true, y_pred, groups=groups, seed=6)


def test_macro_f1_is_scikit_learns_on_every_resample():
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(4)
    y_true, y_pred = rng.integers(0, 6, 25), rng.integers(0, 6, 25)
    plain = each_resample(lambda true, pred: f1_score(true, pred, average="macro", zero_division=0))
    quick = bootstrap_interval(macro_f1, y_true, y_pred, n_resamples=60)
    slow = bootstrap_interval(plain, y_true, y_pred, n_resamples=60)
    assert (quick.value, quick.low, quick.high) == pytest.approx((slow.value, slow.low, slow.high))


@pytest.mark.parametrize("wrong", [0, 1])
def test_all_right_or_all_wrong_gives_no_interval_but_a_reason(wrong):
    interval = bootstrap_interval(accuracy, np.zeros(20, int), np.full(20, wrong), over="tracks")
    assert (interval.value, interval.low, interval.high) == (1 - wrong, None, None)
    assert "Every sample of the 20 tracks scores the same" in interval.reason


def test_one_artist_gives_no_interval_but_a_reason():
    interval = bootstrap_interval(accuracy, np.array([0, 1]), np.array([0, 0]), groups=["x", "x"], over="artists")
    assert (interval.value, interval.low) == (0.5, None)
    assert "only one" in interval.reason
    assert str(interval) == "0.500"


@pytest.mark.parametrize(
    ("arrays", "options", "words"),
    [
        (([], []), {}, "one length"),
        (([0, 1], [0]), {}, "one length"),
        (([0, 1], [0, 1]), {"groups": ["a"]}, "one length"),
        (([0, 1], [0, 1]), {"level": 1.0}, "level must lie"),
        (([0, 1], [0, 1]), {"n_resamples": 0}, "n_resamples"),
    ],
)
def test_what_does_not_fit_is_refused(arrays, options, words):
    with pytest.raises(ParameterError, match=words):
        bootstrap_interval(accuracy, *(np.array(array, dtype=int) for array in arrays), **options)
