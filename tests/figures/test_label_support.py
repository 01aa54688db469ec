"""The picture of doubted labels: where each track lies, what is large, and the words on the axes."""

from __future__ import annotations

from pages.figures.label_support import LANE, label_support
from pages.figures.theme import NEUTRAL, genre_colours

GENRES = ("blues", "rock")
IDS, GIVEN, SUPPORT = ["a", "b", "c", "d"], ["blues", "blues", "rock", "rock"], [0.9, 0.1, 0.8, 0.2]


def drawn(**options) -> dict[str, dict]:
    fig = label_support(GENRES, IDS, GIVEN, SUPPORT, {"b": "rock", "d": "blues"}, **options)
    return {trace.name: trace.to_plotly_json() for trace in fig.data if trace.name}


def test_every_track_lies_at_its_support_in_the_row_of_its_label():
    found = drawn()
    at = {
        track_id: (x, y)
        for trace in found.values()
        for track_id, x, y in zip(trace["customdata"], trace["x"], trace["y"], strict=True)
    }
    assert {track_id: x for track_id, (x, _) in at.items()} == dict(zip(IDS, SUPPORT, strict=True))
    for track_id, genre in zip(IDS, GIVEN, strict=True):
        assert abs(at[track_id][1] - GENRES.index(genre)) <= LANE
    assert len({y for _, y in at.values()}) == 4  # none hides another


def test_doubted_labels_are_large_in_the_colour_of_what_is_suggested():
    found = drawn()
    assert set(found) == {"not doubted", "rather rock", "rather blues"}
    assert list(found["rather rock"]["customdata"]) == ["b"]
    assert found["rather rock"]["marker"]["color"] == genre_colours(GENRES)["rock"]
    assert found["rather rock"]["marker"]["size"] > found["not doubted"]["marker"]["size"]
    assert found["not doubted"]["marker"]["color"] == NEUTRAL
    assert list(found["rather rock"]["text"]) == ["<b>b</b><br>labelled blues, support 0.10<br>rather rock?"]


def test_only_what_is_listed_is_large():
    found = drawn(shown={"b"})
    assert set(found) == {"not doubted", "rather rock"}
    assert "d" in found["not doubted"]["customdata"]


def test_axes_and_the_chosen_track():
    fig = label_support(GENRES, IDS, GIVEN, SUPPORT, {"b": "rock"}, chosen="b")
    assert fig.layout.xaxis.title.text == "Support for the label: probability that a model which never heard the track gives it"
    assert tuple(fig.layout.yaxis.ticktext) == GENRES
    ring = next(trace for trace in fig.data if trace.marker.symbol == "circle-open")
    assert ring.x == (0.1,)
