"""The map of tracks: which points are drawn, what they say, and the words on its axes."""

from __future__ import annotations

import pytest

from genre_core.inspection.mapped import MapRow
from pages.figures.embedding_map import ERROR, MOST_ARTISTS, embedding_map, said_of
from pages.figures.theme import ACCENT, NEUTRAL, genre_colours

GENRES = ("blues", "rock")
ROWS = [
    MapRow("b.1", 1.0, 2.0, "blues", "blues", 0.9, "Ann"),
    MapRow("b.2", 3.0, 4.0, "blues", "rock", 0.6, "Ann"),
    MapRow("r.1", 5.0, 6.0, "rock", None, None, None),
]


def traces(fig) -> dict[str, dict]:
    """The traces that draw points, by name."""
    return {trace.name: trace.to_plotly_json() for trace in fig.data if trace.customdata is not None}


def legend(fig) -> dict[str, str]:
    return {trace.name: trace.marker.color for trace in fig.data if trace.showlegend is not False}


def test_every_track_is_a_point_in_the_colour_of_its_genre():
    found = traces(embedding_map(ROWS, GENRES, method="UMAP"))
    assert list(found["blues"]["customdata"]) == ["b.1", "b.2"]
    assert list(found["blues"]["x"]) == [1.0, 3.0]
    assert list(found["blues"]["y"]) == [2.0, 4.0]
    assert list(found["rock"]["customdata"]) == ["r.1"]
    assert {name: trace["marker"]["color"] for name, trace in found.items()} == genre_colours(GENRES)


def test_errors_alone_are_ringed_and_the_legend_says_so():
    fig = embedding_map(ROWS, GENRES, method="UMAP")
    blues = traces(fig)["blues"]["marker"]
    assert list(blues["line"]["width"]) == [0, 2.5]
    assert blues["line"]["color"] == ERROR
    assert list(legend(fig)) == ["blues", "rock", "error"]
    assert "error" not in legend(embedding_map(ROWS[:1], GENRES, method="UMAP"))


def test_what_was_learned_from_is_small():
    found = traces(embedding_map(ROWS, GENRES, method="UMAP"))
    assert found["rock"]["marker"]["size"][0] < found["blues"]["marker"]["size"][0]


@pytest.mark.parametrize(
    ("colour_by", "groups"),
    [
        ("genre", {"blues": ["b.1", "b.2"], "rock": ["r.1"]}),
        ("predicted", {"blues": ["b.1"], "rock": ["b.2"], "learned from, not judged": ["r.1"]}),
        ("right", {"named rightly": ["b.1"], "named wrongly": ["b.2"], "learned from, not judged": ["r.1"]}),
        ("artist", {"Ann": ["b.1", "b.2"], "artist unknown": ["r.1"]}),
    ],
)
def test_colours_follow_what_is_asked(colour_by, groups):
    found = traces(embedding_map(ROWS, GENRES, method="UMAP", colour_by=colour_by))
    assert {name: list(trace["customdata"]) for name, trace in found.items()} == groups
    colours = [trace["marker"]["color"] for trace in found.values()]
    assert len(set(colours)) == len(colours)
    if colour_by == "right":
        assert found["named wrongly"]["marker"]["color"] == ERROR
        assert found["named rightly"]["marker"]["color"] == ACCENT


def test_only_the_most_frequent_artists_have_colours():
    rows = [MapRow(f"{artist}.{n}", 0.0, 0.0, "rock", artist=f"A{artist:02}") for artist in range(14) for n in range(14 - artist)]
    found = traces(embedding_map(rows, GENRES, method="UMAP", colour_by="artist"))
    assert list(found)[:MOST_ARTISTS] == [f"A{artist:02}" for artist in range(MOST_ARTISTS)]
    assert len(found["other artists"]["x"]) == 4 + 3 + 2 + 1
    assert found["other artists"]["marker"]["color"] == NEUTRAL
    assert ERROR not in {trace["marker"]["color"] for trace in found.values()}  # the colour of the rings


def test_the_pointer_reads_all_that_is_known():
    assert said_of(ROWS[1]) == "<b>b.2</b><br>genre blues<br>called rock, 0.60 (wrong)<br>by Ann"
    assert said_of(ROWS[2]) == "<b>r.1</b><br>genre rock<br>learned from, not judged"


def test_axes_say_what_they_are_worth():
    layout = embedding_map(ROWS, GENRES, method="UMAP", shares=(float("nan"), float("nan"))).layout
    assert layout.xaxis.title.text == "UMAP, first axis (no unit: only nearness counts)"
    assert layout.yaxis.title.text == "UMAP, second axis (no unit: only nearness counts)"
    assert layout.xaxis.showticklabels is False
    layout = embedding_map(ROWS, GENRES, method="PCA", shares=(0.52, 0.11)).layout
    assert layout.xaxis.title.text == "First component (52% of the variance)"
    assert layout.yaxis.title.text == "Second component (11% of the variance)"
    assert layout.yaxis.scaleanchor == "x"  # distances are true to scale


def test_the_chosen_track_and_a_new_song_stand_out():
    fig = embedding_map(ROWS, GENRES, method="UMAP", chosen="b.2", star=(7.0, 8.0, "mine.ogg"))
    marks = {trace.marker.symbol: trace for trace in fig.data if trace.marker.symbol}
    assert (marks["circle-open"].x, marks["circle-open"].y) == ((3.0,), (4.0,))
    assert (marks["star"].x, marks["star"].y, marks["star"].text) == ((7.0,), (8.0,), ("mine.ogg",))
