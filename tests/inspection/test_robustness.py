"""Flips, accuracy and shift of known posteriors; which tracks are drawn; intervals against a plain bootstrap."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.datasets.tracks import Track
from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.intervals import groups_of
from genre_core.inspection.robustness import UNTOUCHED, Copied, Robustness, drawn_tracks, mean_interval, most_where_none

GENRES = ("blues", "jazz")


def measured(*tracks: tuple[str, str, float, float], artists: bool = True) -> Robustness:
    """Of each track its genre, its artist, and how probable blues is as it is and in a copy."""
    return Robustness(
        "run",
        "valid",
        GENRES,
        {"softer": "12 dB softer"},
        tuple(
            Copied(f"t{n}", genre, artist if artists else None, {UNTOUCHED: (p, 1 - p), "softer": (q, 1 - q)})
            for n, (genre, artist, p, q) in enumerate(tracks)
        ),
        n_asked=len(tracks),
    )


FOUR = measured(
    ("blues", "Ann", 0.9, 0.8),  # stays right
    ("blues", "Bob", 0.6, 0.3),  # made wrong
    ("jazz", "Cid", 0.7, 0.4),  # made right
    ("jazz", "Dee", 0.8, 0.9),  # stays wrong
)


def test_rows_count_by_hand():
    first, row = FOUR.rows()
    assert (first.name, first.title, first.n_tracks, first.accuracy.value) == (UNTOUCHED, "as it is", 4, 0.5)
    assert first.flips.value is None
    assert "held against" in first.flips.reason
    assert (row.title, row.n_flips, row.flips.value, row.accuracy.value) == ("12 dB softer", 2, 0.5, 0.5)
    assert row.shift.value == pytest.approx((-0.1 - 0.3 + 0.3 - 0.1) / 4)
    assert row.flips.over == "artists"
    assert row.flips.low < 0.5 < row.flips.high


def test_flips_tell_what_became_of_the_verdict_surest_first():
    flips = FOUR.flips("softer")
    assert [(flip.track_id, flip.before, flip.after, flip.outcome) for flip in flips] == [
        ("t1", "blues", "jazz", "made wrong"),
        ("t2", "blues", "jazz", "made right"),
    ]
    assert (flips[0].probability_before, flips[0].probability_after) == (0.6, 0.7)
    with pytest.raises(ParameterError, match=r"It was measured with: softer. Received: 'mp3'"):
        FOUR.flips("mp3")


def test_what_stays_wrong_is_no_flip():
    _, row = measured(("jazz", "Ann", 0.9, 0.8), ("jazz", "Bob", 0.8, 0.9), ("blues", "Cid", 0.8, 0.4)).rows()
    assert (row.n_flips, row.accuracy.value) == (1, 0.0)


def test_a_copy_that_nobody_tells_apart_flips_nothing():
    _, row = measured(*(("blues", f"a{n}", 0.9, 0.9) for n in range(5))).rows()
    assert (row.n_flips, row.flips.value, row.shift.value) == (0, 0.0, 0.0)
    assert row.flips.low is None
    assert "same whichever" in row.flips.reason


def test_the_interval_is_that_of_a_plain_bootstrap_over_artists():
    rng = np.random.default_rng(3)
    values, artists = rng.random(60), [f"artist {n % 12}" for n in range(60)]
    groups = groups_of(60, artists)
    found = mean_interval(values, groups, n_resamples=4000)
    drawn = []
    for _ in range(4000):
        picks = rng.integers(0, 12, 12)
        drawn.append(np.concatenate([values[groups.of_track == pick] for pick in picks]).mean())
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(low, abs=0.012)  # Student's t moves the ends out a little
    assert found.high == pytest.approx(high, abs=0.012)
    assert found.high - found.low > high - low


def test_nothing_heard_is_no_number():
    none = measured()
    assert all(row.accuracy.value is None and row.n_tracks == 0 for row in none.rows())
    assert "No track has been heard yet." in none.rows()[1].flips.reason
    assert none.flips("softer") == []


def test_it_is_kept_as_json():
    again = Robustness.from_dict(json.loads(json.dumps(FOUR.to_dict())))
    assert [row.flips for row in again.rows()] == [row.flips for row in FOUR.rows()]
    assert again.tracks == FOUR.tracks
    with pytest.raises(RunError, match="Expected what was measured of a run's robustness"):
        Robustness.from_dict({"tracks": []})
    spoilt = FOUR.to_dict()
    del spoilt["tracks"][0]["posteriors"]["softer"]
    with pytest.raises(RunError, match="a posterior of each copy"):
        Robustness.from_dict(spoilt)


def tracks_of(counts: dict[str, int]) -> list[Track]:
    return [
        Track(f"{genre}.{n}", genre, None, None, 30.0, f"{genre}{n}") for genre, count in counts.items() for n in range(count)
    ]


@given(st.dictionaries(st.sampled_from(["blues", "jazz", "pop", "rock"]), st.integers(1, 9), min_size=1), st.integers(0, 5))
def test_genres_take_turns_and_more_asked_gives_the_same_and_more(counts, seed):
    tracks = tracks_of(counts)
    for n_tracks in range(1, len(tracks) + 2):
        drawn = drawn_tracks(tracks, n_tracks, seed=seed)
        assert len({track.id for track in drawn}) == len(drawn) == min(n_tracks, len(tracks))
        assert drawn == drawn_tracks(tracks[::-1], n_tracks + 1, seed=seed)[:n_tracks]
        heard = {genre: sum(track.genre == genre for track in drawn) for genre in counts}
        most = max(heard.values())
        assert all(heard[genre] in (most, most - 1, counts[genre]) for genre in counts)


def test_another_seed_draws_others():
    tracks = tracks_of({"blues": 30, "rock": 30})
    assert drawn_tracks(tracks, 6, seed=1) != drawn_tracks(tracks, 6, seed=2)
    with pytest.raises(ParameterError, match=r"At least one track must be heard. Received: tracks=0"):
        drawn_tracks(tracks, 0)


def test_none_of_many_is_not_never():
    assert most_where_none(1) == pytest.approx(0.95)
    assert most_where_none(40) == pytest.approx(3 / 40, rel=0.05)
    assert (1 - most_where_none(40)) ** 40 == pytest.approx(0.05)
    with pytest.raises(ParameterError, match="at least one artist or track"):
        most_where_none(0)
