"""The bars of a collection: lengths, colours, and what a click tells, read from the figure."""

from __future__ import annotations

from pages.figures.collection import verdict_bars
from pages.figures.theme import faded, genre_colours

COUNTS = {"blues": 2, "jazz": 0, "rock": 1250, "not sure": 3, "not heard": 1}
UNNAMED = ("not sure", "not heard")


def test_the_most_frequent_genre_stands_first_and_what_has_no_genre_last():
    figure = verdict_bars(COUNTS, unnamed=UNNAMED)
    (bars,) = figure.data
    assert list(bars.y) == ["rock", "blues", "not sure", "not heard"]
    assert list(bars.x) == [1250, 2, 3, 1]
    assert list(bars.customdata) == list(bars.y)
    assert list(bars.text) == ["1,250", "2", "3", "1"]
    assert bars.hovertext[0] == "rock: 1,250 of 1,256 songs, 100 %"
    assert figure.layout.xaxis.title.text == "Songs"


def test_genres_have_their_colours_and_what_is_not_chosen_is_faint():
    rock = genre_colours(["blues", "jazz", "rock"])["rock"]
    plain = verdict_bars(COUNTS, unnamed=UNNAMED).data[0].marker.color
    assert plain[0] == faded(rock, 1.0)
    assert float(plain[2].rstrip(")").split(",")[-1]) < 1, "not sure is pale"
    chosen = verdict_bars(COUNTS, chosen="blues", unnamed=UNNAMED).data[0].marker.color
    assert chosen[0] == faded(rock, 0.25)
    assert chosen[1] == plain[1]


def test_nothing_to_show_is_an_empty_picture():
    assert list(verdict_bars({"blues": 0}, unnamed=()).data[0].y) == []
