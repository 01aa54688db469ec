"""What the benchmark of the lessons writes down."""

import numpy as np
import pytest

from benchmarks import learn, record
from benchmarks.results import DOCUMENT as RESULTS
from genre_core.datasets.segment_table import SegmentTable
from genre_core.teaching.curing import Cure
from tests.teaching.songs import songs


@pytest.fixture
def tracks():
    x, y, track, artist = songs(columns=6)
    return SegmentTable(("a", "b", "c"), x, y, track, artist, tuple(map(str, range(48))), 0)


def test_every_call_of_a_lesson_computes():
    calls = learn.calls()
    assert len(calls) >= 20
    for call in calls.values():
        assert call() is not None


def test_cures_are_compared_in_pairs(tracks, monkeypatch):
    monkeypatch.setattr(learn, "CURES", {"none": {"epochs": 2}, "the same": {"epochs": 2}})
    monkeypatch.setattr(learn, "Cure", lambda seed=0: Cure(neurons=8, epochs=2, seed=seed))
    lines = learn.cures(tracks.means(), 2).splitlines()
    assert "| +0.00 [+0.00, +0.00] |" in next(line for line in lines if line.startswith("| the same"))
    assert any(line.startswith("| no hidden layer at all") for line in lines)


def test_divisions_stand_from_leaky_to_strict(tracks):
    lines = [line.split(" | ") for line in learn.ways(tracks, 2).splitlines()[2:]]
    assert [line[1] for line in lines] == ["Random segments", "By track", "By artist"] * 2


def test_a_difference_says_how_sure_it_is():
    assert learn._difference(np.array([1.0, 1.0, 1.0])) == "+1.00 [+1.00, +1.00]"
    low, high = learn._difference(np.array([0.0, 1.0, 0.0, 1.0])).split("[")[1].rstrip("]").split(", ")
    assert float(low) < 0.5 < float(high)


@pytest.mark.parametrize(("document", "name"), [(record.DOCUMENT, "learn"), (RESULTS, "cures"), (RESULTS, "ways")])
def test_the_documents_have_places_for_the_tables(document, name):
    content = document.read_text(encoding="utf-8")
    assert [content.count(mark) for mark in record.marks(name)] == [1, 1]
