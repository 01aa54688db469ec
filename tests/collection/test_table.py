"""Verdicts of many songs, counted and filtered by hand."""

from __future__ import annotations

import pytest

from genre_core.collection.table import NOT_HEARD, NOT_SURE, Wanted, count
from genre_core.errors import ParameterError
from tests.collection.judged import GENRES, SONGS, said, table


def test_verdicts_are_counted_by_threshold():
    assert count(SONGS.judged(), GENRES) == {"jazz": 2, "rock": 1, NOT_SURE: 1, NOT_HEARD: 1}
    assert count(SONGS.judged(0.7), GENRES) == {"jazz": 1, "rock": 1, NOT_SURE: 2, NOT_HEARD: 1}
    with pytest.raises(ParameterError, match="threshold must lie in"):
        SONGS.judged(1.5)


def test_another_way_from_segments_to_song_needs_nothing_heard_anew():
    [row] = table(("a.mp3", said(0.75, vote=0.125))).judged(0.5, "vote")
    assert (row.genre, row.confidence) == ("rock", 0.875)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["a", "b", "c", "speech", "letter"]),
        (Wanted("jazz"), ["a", "c"]),
        (Wanted("jazz", 0.8), ["a"]),
        (Wanted(shown="sure"), ["a", "b", "c"]),
        (Wanted(shown=NOT_SURE), ["speech"]),
        (Wanted(shown="unlike"), ["speech"]),
        (Wanted(shown=NOT_HEARD), ["letter"]),
        (Wanted(text="M B.mp3"), ["b"]),
        (Wanted("rock", text="/m/"), ["b"]),
    ],
)
def test_filters_by_hand(wanted, names):
    assert [row.song.path.stem for row in SONGS.judged() if wanted.takes(row)] == names
