"""The ribbon of genres over time, from arrays: columns, names, borders, and where two models disagree."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.figures import scene
from pages.figures.ribbon import ribbon_panel, where_apart
from pages.figures.theme import GENRE_COLOURS

GENRES = ("blues", "jazz", "rock")
STARTS, ENDS = np.array([0.0, 1.5, 3.0]), np.array([3.0, 4.5, 6.0])
SHARES = np.array([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]], np.float32)


def layer_of(*arguments, **how) -> scene.Shares:
    panel = ribbon_panel(*arguments, **how)
    assert (panel.axis.title, panel.axis.low, panel.axis.high) == ("Probability", 0.0, 1.0)
    (layer,) = panel.layers
    return layer


def test_segments_that_overlap_are_drawn_up_to_the_next_and_told_as_they_are():
    layer = layer_of(GENRES, SHARES, STARTS, ENDS)
    assert layer.starts.tolist() == [0.0, 1.5, 3.0]
    assert layer.ends.tolist() == [1.5, 3.0, 6.0]
    assert layer.spans.tolist() == [[0.0, 3.0], [1.5, 4.5], [3.0, 6.0]]


def test_the_likeliest_genre_lies_at_the_bottom_in_its_own_colour():
    layer = layer_of(GENRES, SHARES, STARTS, ENDS)
    assert [layer.names[index] for index in layer.order] == ["blues", "rock", "jazz"]
    assert layer.colours == [GENRE_COLOURS[genre] for genre in GENRES]


def test_what_leads_for_a_while_is_named_where_it_leads():
    layer = layer_of(GENRES, SHARES, STARTS, ENDS)
    assert [tuple(stretch)[:3] for stretch in layer.stretches] == [(0.0, 3.0, "blues"), (3.0, 6.0, "rock")]
    assert layer.borders == []


def test_sections_are_named_instead_with_borders_between_them():
    layer = layer_of(GENRES, SHARES, STARTS, ENDS, sections=[(0.0, 2.0, "not sure"), (2.0, 6.0, "rock")])
    assert [tuple(stretch)[:3] for stretch in layer.stretches] == [(0.0, 2.0, "not sure"), (2.0, 6.0, "rock")]
    assert layer.borders == [2.0]


def test_what_should_not_be_named_is_drawn_pale_and_without_names_or_threshold():
    layer = layer_of(GENRES, SHARES, STARTS, ENDS, pale=True, threshold=0.5, sections=[(0.0, 2.0, "jazz"), (2.0, 6.0, "rock")])
    assert layer.opacity < 0.5
    assert (layer.stretches, layer.borders, layer.threshold) == ([], [], None)
    assert layer_of(GENRES, SHARES, STARTS, ENDS, threshold=0.5).threshold == 0.5


@pytest.mark.parametrize("n_genres", [2, 22])
def test_it_travels_to_the_browser_whole(n_genres):
    genres = [f"genre {n:02d}" for n in range(n_genres)]
    even = np.full((4, n_genres), 1 / n_genres)
    panel = ribbon_panel(genres, even, np.arange(4.0), np.arange(1, 5.0), whole=even[0])
    content = scene.pack({"panels": [scene.panel_values(panel)]})
    length = int.from_bytes(content[:4], "little")
    (layer,) = json.loads(content[4 : 4 + length])["panels"][0]["layers"]
    place = layer["shares"]
    shares = np.frombuffer(content[4 + length :][place["$at"] : place["$at"] + place["bytes"]], "<f4").reshape(4, n_genres)
    assert shares.sum(axis=1) == pytest.approx(np.ones(4))
    assert layer["names"] == genres
    assert layer["whole"]["bytes"] == 4 * n_genres


def test_two_models_are_apart_where_they_name_different_genres():
    one = (GENRES, np.eye(3)[[0, 0, 2, 2]], np.arange(4.0), np.arange(1, 5.0))
    assert where_apart(one, one) == []
    # The other cuts in half as many segments, and does not know blues.
    other = (("jazz", "rock"), np.eye(2)[[0, 1]], np.array([0.0, 2.5]), np.array([2.5, 5.0]))
    assert where_apart(one, other) == [(0.0, 2.5)]
    assert where_apart(other, one) == [(0.0, 2.5)]


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_stretches_apart_are_ordered_and_never_touch(first, second):
    said = [
        (GENRES, np.eye(3)[winners], np.arange(len(winners), dtype=float), np.arange(len(winners)) + 1.0)
        for winners in (first, second)
    ]
    apart = where_apart(*said)
    flat = [moment for stretch in apart for moment in stretch]
    assert flat == sorted(set(flat))
    n_common = min(len(first), len(second))
    assert sum(end - start for start, end in apart) == sum(
        one != other for one, other in zip(first[:n_common], second[:n_common], strict=True)
    )
