"""What every row of SPLITS promises: a new one is tested the moment it is listed."""

from dataclasses import replace

import pytest

from genre_core.datasets.splits import SPLITS, Split, leak_report, make_split, split_title
from genre_core.datasets.splits.words import TITLES
from genre_core.datasets.tracks import Dataset
from tests.datasets.splits.test_gtzan import whole_gtzan
from tests.datasets.tiny_songs import made


def fitting(name: str) -> Dataset:
    """A data set to which the split applies."""
    gtzan = whole_gtzan()
    words = [("training", "training", "validation", "test")[number % 4] for number in range(len(gtzan.tracks))]
    tracks = [replace(track, extra={"split": word}) for track, word in zip(gtzan.tracks, words, strict=True)]
    if name == "fma":
        tracks = [replace(track, id=f"fma.{number:06d}") for number, track in enumerate(tracks)]
    return replace(gtzan, tracks=tuple(tracks))


@pytest.mark.parametrize("name", SPLITS)
class TestSplit:
    def test_is_built_under_its_name_and_survives_json(self, name: str):
        dataset = fitting(name)
        assert SPLITS[name].applies_to(dataset) is None
        split = make_split(dataset, name, seed=3)
        assert (split.name, split.seed, split.title) == (name, 3, SPLITS[name].title)
        assert split.leaky == SPLITS[name].leaky == ("leaky" in split.title)
        assert Split.from_dict(split.to_dict()) == split

    def test_does_not_hang_on_the_order_of_the_tracks(self, name: str):
        dataset = fitting(name)
        backwards = replace(dataset, tracks=dataset.tracks[::-1])
        assert make_split(backwards, name).fingerprint == make_split(dataset, name).fingerprint

    def test_gives_each_genre_something_to_learn_from(self, name: str):
        split, dataset = make_split(fitting(name), name), fitting(name)
        assert {dataset.by_id[track_id].genre for track_id in split.ids("train")} == set(dataset.genres)
        assert split.ids("valid")
        assert leak_report(split, dataset).to_dict()["badge"][0] in "✔✖"

    def test_says_in_a_sentence_why_it_does_not_apply(self, name: str):
        reason = SPLITS[name].applies_to(made({"only": 2}))
        assert reason is not None
        assert reason.endswith(".")
        assert "Received" in reason or "Import" in reason


def test_titles_are_those_of_the_table():
    assert {name: spec.title for name, spec in SPLITS.items()} == TITLES
    assert split_title("5 folds by artist") == "5 folds by artist"
