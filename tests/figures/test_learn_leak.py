import numpy as np
import pytest

from genre_core.teaching.leaking import Score
from genre_core.teaching.published import FALLS
from pages.figures.learn.leak import divided, fallen, guessed, kin, ways_apart
from pages.figures.theme import ACCENT, WARM

SCORES = (
    Score("segment", 0.97, 0.96, 0.98, 0.1, 0.7, 0.25, 3),
    Score("track", 0.90, 0.88, 0.92, 0.1, 0.0, 0.8, 3),
    Score("artist", 0.54, 0.42, 0.58, 0.1, 0.0, 0.0, 3),
)
GUESSES = {"segment": 0.7, "track": 0.6, "artist": 0.5}


def words(figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_judged_segments_are_orange_and_artists_stand_between_borders():
    judged = np.array([True, False, False, True, False, False])
    rows, places = np.repeat([0, 1, 2], 2), np.tile([1, 2], 3)
    figure = divided(["Ada", "Ada", "Bob"], ["one", "two", "three"], places, rows, judged)
    learned, kept = figure.data
    assert (learned.marker.color, kept.marker.color) == (ACCENT, WARM)
    assert list(zip(kept.x, kept.y, strict=True)) == [(1, 0), (2, 1)]
    assert len(learned.x) == 4
    assert kept.text[0] == "Ada, one"
    assert [(line.y0, line.y1) for line in figure.layout.shapes] == [(1.5, 1.5)]
    assert list(figure.layout.yaxis.ticktext) == ["Ada", "Bob"]
    assert list(figure.layout.yaxis.tickvals) == [0.5, 2.0]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Segment of the song", "Songs by artist")
    assert words(figure) == ["<b>■ learned from</b>", "<b>◆ judged</b>"]


def test_a_guess_stands_alone_until_one_looks_and_then_beside_what_came_out():
    before, after = guessed(GUESSES, None), guessed(GUESSES, SCORES)
    assert [trace.type for trace in before.data] == ["scatter"]
    assert not before.layout.shapes
    bars, guesses = after.data
    np.testing.assert_allclose(bars.x, [97, 90, 54])
    np.testing.assert_allclose(bars.error_x.array, [1, 2, 4], atol=0.05)
    np.testing.assert_allclose(bars.error_x.arrayminus, [1, 2, 12], atol=0.05)
    assert list(guesses.x) == [70, 60, 50] == list(before.data[0].x)
    assert {"<b>your guess 70 %</b>", "chance, 10 %"} <= set(words(after))
    assert "chance, 10 %" not in words(before)
    assert after.layout.xaxis.title.text == "Right verdicts [% of judged segments]"


def test_ways_stand_in_their_order_with_chance():
    figure = ways_apart(SCORES)
    assert list(figure.layout.yaxis.categoryarray)[::-1] == ["Random segments", "By track", "By artist"]
    assert figure.layout.shapes[0].x0 == pytest.approx(10)


def test_kin_fills_a_hundred_per_cent():
    figure = kin(SCORES)
    np.testing.assert_allclose(sum(np.array(trace.x) for trace in figure.data), 100)
    assert [trace.name for trace in figure.data] == ["the same song", "another song of the artist", "a stranger"]
    assert figure.data[2].x[2] == 100
    assert figure.layout.xaxis.title.text == "Judged segments whose nearest learned piece is of ... [%]"


def test_a_fall_is_a_line_from_leak_to_none_and_the_chosen_one_stands_out():
    figure = fallen(FALLS, 2)
    lines, dots = figure.data[: len(FALLS)], figure.data[len(FALLS) :]
    assert [line.line.width for line in lines] == [2, 2, 5, 2, 2, 2]
    assert list(lines[0].x) == [FALLS[0].leaky, FALLS[0].honest]
    assert [trace.marker.color for trace in dots] == [WARM, ACCENT]
    assert list(dots[1].x) == [fall.honest for fall in FALLS]
    assert figure.layout.xaxis.title.text == "Accuracy [%]"
    assert list(dots[0].y) == [fall.what for fall in FALLS]
