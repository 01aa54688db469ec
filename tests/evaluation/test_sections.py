from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.evaluation.sections import LEAST_SECONDS, find_sections, told
from genre_core.evaluation.verdict import Evidence

GENRES = ("blues", "jazz", "rock")
SURE = 0.98


def sure_of(*runs):
    """Posteriors of segments that are sure of a genre; runs of (genre, count)."""
    rows = [[SURE if genre == its else (1 - SURE) / 2 for genre in GENRES] for its, count in runs for _ in range(count)]
    return np.array(rows, np.float32)


def found(posteriors, *, hop=3.0, threshold=0.5, **known):
    starts = hop * np.arange(len(posteriors))
    return find_sections(GENRES, posteriors, starts, starts + 3.0, threshold=threshold, **known)


def ends(sections):
    return [(section.start_seconds, section.end_seconds, section.verdict[0]) for section in sections]


def test_jazz_then_rock_is_found_where_it_changes_and_named():
    sections = found(sure_of(("jazz", 10), ("rock", 7)))
    assert ends(sections) == [(0.0, 30.0, "jazz"), (30.0, 51.0, "rock")]
    assert told(sections) == "jazz until 0:30, then rock"
    assert [section.decision for section in sections] == ["genre", "genre"]
    np.testing.assert_allclose(sections[0].posterior, [0.01, SURE, 0.01], atol=1e-6)
    assert sections[0].confidence == pytest.approx(SURE)


def test_one_genre_is_one_section_and_no_mix():
    sections = found(sure_of(("blues", 12)))
    assert ends(sections) == [(0.0, 36.0, "blues")]
    assert told(sections) == ""


def test_a_short_visit_of_another_genre_is_no_section_a_longer_one_is():
    assert len(found(sure_of(("jazz", 10), ("rock", 2)))) == len(found(sure_of(("jazz", 10), ("rock", 5), ("jazz", 10)))) == 1
    assert len(found(sure_of(("jazz", 10), ("rock", 9), ("jazz", 10)))) == 3


def test_where_the_sound_goes_on_as_before_a_change_needs_more():
    posteriors = sure_of(("jazz", 6), ("rock", 6))
    cut = np.where(np.arange(12) == 6, 1.2, 0.3)
    assert len(found(posteriors, novelty=np.full(12, 0.3))) == 1
    assert ends(found(posteriors, novelty=cut)) == [(0.0, 18.0, "jazz"), (18.0, 36.0, "rock")]
    long = sure_of(("jazz", 30), ("rock", 30))
    assert len(found(long, novelty=np.full(60, 0.3))) == 2


def test_speech_between_songs_is_not_sure():
    music = np.array([4.0] * 8 + [-3.0] * 5 + [4.0] * 8)
    sections = found(sure_of(("jazz", 8), ("blues", 5), ("rock", 8)), music=music)
    assert [section.unlike for section in sections] == ["", "no music", ""]
    assert [section.decision for section in sections] == ["genre", "not_sure", "genre"]
    assert told(sections) == "jazz until 0:24, no music until 0:39, then rock"
    assert "no music" in sections[1].reason


def test_single_doubtful_segments_are_no_section_of_no_music():
    music = np.where(np.arange(20) % 4 == 0, -0.5, 2.0)
    assert len(found(sure_of(("jazz", 20)), music=music)) == 1


def test_what_lies_far_from_all_songs_is_not_sure_in_every_section():
    sections = found(sure_of(("jazz", 8), ("rock", 8)), evidence=Evidence(distance=1.4))
    assert {section.unlike for section in sections} == {"far from the training songs"}
    assert told(sections) == "not sure until 0:24, then not sure"


def test_segments_that_overlap_count_for_the_time_that_is_their_own():
    dense = found(sure_of(("jazz", 30), ("rock", 30)), hop=1.0)
    assert ends(dense) == [(0.0, 31.0, "jazz"), (31.0, 62.0, "rock")]  # in the middle of what both hear
    assert len(found(sure_of(("jazz", 30), ("rock", 9)), hop=1.0)) == len(found(sure_of(("jazz", 10), ("rock", 3)))) == 1


def test_hours_are_told_as_hours():
    sections = found(sure_of(("jazz", 1230), ("rock", 10)))
    assert told(sections) == "jazz until 1:01:30, then rock"


def test_as_json():
    (section,) = found(sure_of(("rock", 3)), threshold=0.99)
    values = section.to_dict()
    assert values == {
        "start_seconds": 0.0,
        "end_seconds": 9.0,
        "genre": "rock",
        "confidence": pytest.approx(SURE),
        "decision": "not_sure",
        "unlike": "",
    }


@settings(max_examples=60)
@given(
    draws=st.lists(
        st.tuples(st.integers(0, 2), st.floats(0.34, 1.0), st.floats(-5, 5), st.floats(0, 2)), min_size=1, max_size=40
    ),
    threshold=st.floats(0, 1),
)
def test_sections_cover_all_that_was_heard_without_gaps(draws, threshold):
    rows = np.array([[p if genre == its else (1 - p) / 2 for its in range(3)] for genre, p, _, _ in draws], np.float32)
    music, novelty = (np.array(values) for values in list(zip(*draws, strict=True))[2:])
    sections = found(rows, threshold=threshold, music=music, novelty=novelty)
    assert sections[0].start_seconds == 0.0
    assert sections[-1].end_seconds == 3.0 * len(rows)
    for before, behind in pairwise(sections):
        assert before.end_seconds == behind.start_seconds
    assert len(sections) == 1 or min(section.seconds for section in sections) >= LEAST_SECONDS
    for section in sections:
        assert section.confidence == section.posterior.max()
        assert (section.decision == "genre") <= (section.confidence >= threshold)
