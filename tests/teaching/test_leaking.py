import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from genre_core.errors import ParameterError
from genre_core.teaching import leaking
from genre_core.teaching.dividing import WAYS
from genre_core.teaching.leaking import MODELS, score_ways, tries
from genre_core.teaching.published import FALLS, PUBLISHED
from tests.teaching.songs import songs


@pytest.mark.parametrize("model", MODELS)
def test_where_artists_sound_like_themselves_the_score_falls_from_way_to_way(model):
    found = score_ways(list(tries(*songs(), model=model, seeds=range(4))))
    assert [score.way for score in found] == list(WAYS)
    leaky, by_track, by_artist = found
    assert leaky.accuracy > 0.9
    assert leaky.accuracy >= by_track.accuracy > by_artist.accuracy + 0.2
    assert leaky.same_track > 0.9
    assert by_track.same_track == 0 < by_track.same_artist
    assert by_artist.same_track == by_artist.same_artist == 0
    assert all(score.lowest <= score.accuracy <= score.highest for score in found)


def test_where_songs_hold_nothing_of_their_own_the_ways_agree():
    found = score_ways(list(tries(*songs(genre=2.0, artist=0, track=0, noise=2.0, n_tracks=6), seeds=range(4))))
    accuracies = [score.accuracy for score in found]
    assert max(accuracies) - min(accuracies) < 0.08


def test_columns_of_noise_are_guessed_however_divided_and_memory_is_no_knowledge():
    """Without genre in the columns an honest score is chance; the leaky one is near perfect all the same."""
    drawn = [one for seed in range(24) for one in tries(*songs(genre=0.0, n_artists=10, seed=seed), seeds=[100 + seed])]
    found = {score.way: score for score in score_ways(drawn)}
    assert found["artist"].accuracy == pytest.approx(1 / 3, abs=0.08)
    assert found["artist"].chance == pytest.approx(1 / 3, abs=0.05)
    assert found["segment"].accuracy > 0.9


def test_neighbours_are_those_of_scikit_learn():
    x, y, *_ = songs(noise=2.0)
    ours = leaking._nearest(x[::2], y[::2], x[1::2], 3)
    five = KNeighborsClassifier(5).fit(x[::2], y[::2])
    votes = five.predict_proba(x[1::2])
    clear = np.sort(votes, axis=1)[:, -1] > np.sort(votes, axis=1)[:, -2] + 0.1
    assert clear.sum() > 50
    np.testing.assert_array_equal(ours[clear], votes.argmax(axis=1)[clear])
    np.testing.assert_array_equal(leaking._nearest(x[:1], y[:1], x[1::2], 3), y[0])


def test_it_can_be_stopped_and_repeats_itself():
    walk = tries(*songs(), seeds=range(1000))
    first = next(walk)
    walk.close()
    assert first == next(tries(*songs(), seeds=[0]))
    assert first.n_learned + first.n_judged == 240


def test_a_large_set_is_cut_by_whole_tracks(monkeypatch):
    monkeypatch.setattr(leaking, "MOST_SEGMENTS", 100)
    found = next(tries(*songs(), seeds=[0]))
    assert found.n_learned + found.n_judged == 100


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "forest"}, "no model named 'forest'. Choose one of: logistic, neighbours"),
        ({"ways": ["album"]}, "no way to divide named 'album'"),
        ({"x": np.full((240, 8), np.nan)}, "The columns must hold finite numbers"),
        ({"artist": np.zeros(240, int)}, "two groups at least"),
        ({"y": np.zeros(240, int)}, r"The number of genres must lie in \[2, 100\]\. Received: 1"),
    ],
)
def test_what_cannot_be_divided_is_said(change, words):
    x, y, track, artist = songs()
    asked = {"x": x, "y": y, "track": track, "artist": artist, "ways": ("artist",), **change}
    with pytest.raises(ParameterError, match=words):
        list(tries(**asked))


def test_every_published_figure_has_a_source_with_its_year_and_a_place():
    assert len(PUBLISHED) >= 4
    for one in PUBLISHED:
        assert any(character.isdigit() for character in one.says)
        assert ", 20" in one.source
        assert one.link.startswith("https://")


def test_the_nearest_is_found_on_the_learned_scale():
    x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 400.0], [0.9, 390.0]])  # the second column is in small units
    judged = np.array([False, False, False, True])
    assert leaking.nearest_learned(x, judged, 3) == 2
    x, *_ = songs()
    held = np.arange(len(x)) % 4 == 0
    scaled = (x - x[~held].mean(axis=0)) / x[~held].std(axis=0)
    [[theirs]] = NearestNeighbors(n_neighbors=1).fit(scaled[~held]).kneighbors(scaled[[8]], return_distance=False)
    assert leaking.nearest_learned(x, held, 8) == np.flatnonzero(~held)[theirs]


@pytest.mark.parametrize(("judged", "row"), [([True, False], 1), ([True, True], 0), ([True, False], 2)])
def test_who_is_not_judged_has_no_nearest(judged, row):
    with pytest.raises(ParameterError, match=rf"judged rows, and others to learn from\. Received: row {row}"):
        leaking.nearest_learned(np.zeros((2, 1)), np.array(judged), row)


@pytest.mark.parametrize(
    ("what", "leaky", "honest"),
    [
        ("GTZAN, ten genres, logistic regression", ("tracks", 1, "logistic", 2), ("columns", 2, "logistic", 2)),
        ("GTZAN, ten genres, dense net", ("tracks", 1, "ann", 2), ("columns", 2, "ann", 2)),
        ("GTZAN, four genres, random forest", ("audio", 1, "forest", 11), ("audio", 1, "forest", 2)),
        ("GTZAN, four genres, dense net", ("audio", 1, "ann", 11), ("audio", 1, "ann", 2)),
        ("GTZAN, four genres, small CNN", ("audio", 1, "cnn_small", 11), ("audio", 1, "cnn_small", 2)),
    ],
)
def test_what_was_measured_here_stands_in_the_results(what, leaky, honest):
    """Each figure is that of a cell of docs/results.md: block, which of its tables, row, column."""
    [fall] = [one for one in FALLS if one.what == what]
    assert (fall.leaky, fall.honest) == (percent(*leaky), percent(*honest))


def percent(block: str, table: int, model: str, column: int) -> int:
    text = (Path(__file__).parents[2] / "docs" / "results.md").read_text(encoding="utf-8")
    part = text.split(f"<!-- {block}: begin -->")[1].split(f"<!-- {block}: end -->")[0].split("| model |")[table]
    [row] = [line for line in part.splitlines() if line.startswith(f"| {model} |")]
    return round(100 * float(re.match(r"[0-9.]+", row.split("|")[column].strip())[0]))


def test_a_fall_falls_and_says_where_it_stands():
    for fall in FALLS:
        assert 100 >= fall.leaky > fall.honest > 0
        assert fall.link.startswith("https://") or "docs/results.md" in fall.source
