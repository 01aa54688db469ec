from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.datasets.folds import fold_leaks, folds_from_column
from genre_core.datasets.splits import SPLITS, leak_report, make_split
from genre_core.datasets.splits.columns import WORDS, split_from_column
from genre_core.datasets.splits.exporting import split_csv
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError, ParameterError
from tests.datasets.tiny_songs import made


def with_column(dataset: Dataset, words: list[str], column: str = "split") -> Dataset:
    tracks = (replace(track, extra={column: word}) for track, word in zip(dataset.tracks, words, strict=True))
    return replace(dataset, tracks=tuple(tracks))


@given(st.permutations(["Train", "TRAINING", "val", "dev", " test ", "Evaluation"]), st.sampled_from(["split", "part"]))
def test_any_common_word_is_understood(words, column):
    dataset = with_column(made({"a": 6, "b": 6}), [*words, *words], column)
    split = make_split(dataset, "from_column")
    assert list(split.roles.values()) == [WORDS[word.strip().casefold()] for word in (*words, *words)]
    assert (split.name, split.title) == ("from_column", "from a column")


def test_rows_that_say_nothing_or_something_else_are_named():
    dataset = with_column(made({"a": 3, "b": 3}), ["train", "", "test", "train", "holdout", "valid"])
    with pytest.raises(DatasetError, match=r"row 3 \(a\.00001\) with nothing, row 6 \(b\.00001\) with 'holdout'\. Mend"):
        make_split(dataset, "from_column")
    many = with_column(made({"a": 9, "b": 9}), ["x"] * 18)
    with pytest.raises(DatasetError, match=r"row 6 \(a\.00004\) with 'x' and 13 more"):
        make_split(many, "from_column")
    assert "no column of roles" in str(SPLITS["from_column"].applies_to(made({"a": 3, "b": 3})))
    assert "no column of roles" in str(SPLITS["from_column"].applies_to(with_column(made({"a": 3, "b": 3}), [""] * 6, "part")))
    with pytest.raises(DatasetError, match=r"no column 'set' .* Its columns: split"):
        split_from_column(dataset, column="set")


def test_tracks_may_be_left_out_and_a_genre_must_be_learned():
    words = ["train", "valid", "excluded", "train", "valid", "unused"]
    assert len(make_split(with_column(made({"a": 3, "b": 3}), words), "from_column").roles) == 4
    lacking = ["train", "valid", "test", "valid", "test", "test"]
    with pytest.raises(DatasetError, match="no training track: b"):
        make_split(with_column(made({"a": 3, "b": 3}), lacking), "from_column")
    with pytest.raises(DatasetError, match="gives no track the role train"):
        make_split(with_column(made({"a": 3, "b": 3}), ["test"] * 6), "from_column")


def test_without_valid_tracks_a_quarter_of_train_is_drawn_with_whole_artists():
    dataset = with_column(made({"a": 40, "b": 20}, n_artists=8), (["train"] * 32 + ["test"] * 8) + ["train"] * 20)
    split = make_split(dataset, "from_column", seed=3)
    assert [len(split.ids(role)) for role in ("train", "valid", "test")] == [39, 13, 8]
    apart = replace(dataset, tracks=tuple(track for track in dataset.tracks if split.roles[track.id] != "test"))
    assert leak_report(split, apart).verdict == "nothing crosses"
    assert make_split(dataset, "from_column", seed=3) == split != make_split(dataset, "from_column", seed=4)


def test_a_split_written_as_a_table_is_read_back():
    dataset = made({"a": 9, "b": 9})
    split = make_split(dataset, "by_artist", train_share=0.5)
    rows = [line.split(",") for line in split_csv(split, dataset).decode().splitlines()]
    assert rows[0] == ["id", "genre", "artist", "split"]
    again = make_split(with_column(dataset, [row[3] for row in rows[1:]]), "from_column")
    assert dict(again.roles) == dict(split.roles)
    leaky = split_csv(make_split(dataset, "segment_random"), dataset).decode()
    assert leaky.count("mixed (leaky)") == 18


def test_fma_has_its_official_split():
    words = ["training"] * 4 + ["validation", "test"]
    named = with_column(made({"a": 6, "b": 6}), words * 2)
    fma = replace(named, tracks=tuple(replace(track, id=f"fma.{n:06d}") for n, track in enumerate(named.tracks)))
    split = make_split(fma, "fma")
    assert (split.title, [len(split.ids(role)) for role in ("train", "valid", "test")]) == ("official FMA", [8, 2, 2])
    assert "Received: tracks such as 'a.00000'" in str(SPLITS["fma"].applies_to(named))
    other = with_column(fma, ["train", "valid"] * 6)
    assert "a column 'split' with 'train', 'valid'" in str(SPLITS["fma"].applies_to(other))


def test_folds_come_from_a_column_in_its_order():
    words = ["10", "2", "9", "2", "9", "excluded"] * 2
    dataset = with_column(made({"a": 6, "b": 6}, n_artists=6), words, "fold")
    folds = folds_from_column(dataset, "fold")
    assert list(folds.of.values()) == [2, 0, 1, 0, 1] * 2
    assert (folds.title, folds.grouped_by, folds.n_folds) == ("3 folds by column", "column", 3)
    assert fold_leaks(folds, dataset).verdict == "nothing crosses"
    assert folds.from_dict(folds.to_dict()) == folds
    within = make_split(dataset, "by_track")
    held_out = folds_from_column(dataset, "fold", within=within)
    assert set(held_out.held_out) == set(within.ids("test"))
    assert not set(held_out.of) & set(within.ids("test"))
    with pytest.raises(DatasetError, match=r"must name 3 to 20 folds. Received: 2 different words, '1', '2'"):
        folds_from_column(with_column(dataset, ["1", "2"] * 6, "fold"), "fold")
    with pytest.raises(DatasetError, match=r"needs a fold in the column 'fold'. Received: row 2 \(a\.00000\) with nothing"):
        folds_from_column(with_column(dataset, ["", "1", "2", "3"] * 3, "fold"), "fold")


def test_an_unknown_split_lists_those_there_are():
    with pytest.raises(ParameterError, match=r"no split named 'by_mood'.*by_artist, by_track, fault_filtered, fma, from_column"):
        make_split(made({"a": 3, "b": 3}), "by_mood")
