"""What people say, held against a data set's genres."""

from __future__ import annotations

from pathlib import Path

import pytest

from genre_core.errors import DatasetError
from genre_core.evaluation.listeners import Answer, agreement, read_answers

TRUTH = {"a": "rock", "b": "rock", "c": "jazz"}
ANSWERS = [
    Answer("a", "ann", "rock"),
    Answer("a", "bob", "rock"),
    Answer("a", "cem", "metal"),
    Answer("b", "ann", "jazz"),
    Answer("b", "bob", "rock"),
    Answer("c", "ann", "pop"),
    Answer("unknown", "dee", "rock"),
]


def test_shares_are_those_counted_by_hand() -> None:
    found = agreement(ANSWERS, TRUTH, genres=("jazz", "rock"))
    assert found is not None
    assert (found.n_answers, found.n_listeners, found.n_tracks) == (6, 3, 3)
    assert found.answers.value == pytest.approx(3 / 6)
    assert found.majority.value == pytest.approx((1 + 0.5 + 0) / 3)  # two answers are as frequent for b
    assert found.n_within == 4
    assert found.within.value == pytest.approx(3 / 4)
    for share in (found.answers, found.majority, found.within):
        assert share.over == "tracks"
        assert 0 <= share.low <= share.value <= share.high <= 1
    assert found.to_dict()["answers"]["value"] == found.answers.value


def test_nothing_is_said_where_nobody_heard_these_tracks() -> None:
    assert agreement(ANSWERS, {"z": "rock"}, genres=("rock",)) is None
    nobody = agreement([Answer("c", "ann", "pop"), Answer("a", "ann", "pop")], TRUTH, genres=("jazz", "rock"))
    assert nobody is not None
    assert (nobody.answers.value, nobody.within.value, nobody.n_within) == (0.0, None, 0)


def test_a_table_is_read_with_genres_in_one_spelling(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("track_id,genre,listener,answer\na,rock,ann,Hip-Hop\nb,rock,bob,rock\n")
    assert read_answers(path) == [Answer("a", "ann", "hiphop"), Answer("b", "bob", "rock")]
    path.write_text("track,who\na,ann\n")
    with pytest.raises(DatasetError, match="has the columns track_id, listener, answer"):
        read_answers(path)
    with pytest.raises(DatasetError, match="Expected a table"):
        read_answers(tmp_path / "none.csv")
