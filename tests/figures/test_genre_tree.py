"""A tree of genres from its joins: where branches meet, what the axis says, what a click gives."""

from __future__ import annotations

from genre_core.evaluation.genre_tree import GenreTree
from pages.figures.genre_tree import genre_tree
from pages.figures.theme import GENRE_COLOURS

TREE = GenreTree(("blues", "jazz", "metal"), ((0, 1, 0.5), (2, 3, 0.125)), ())


def test_branches_meet_where_their_share_is():
    fig = genre_tree(TREE)
    lines, joins, leaves = fig.data
    left = leaves.x[0]
    assert left > 50
    assert lines.x == (left, 50, 50, left, None, left, 12.5, 12.5, 50, None)
    assert lines.y == (0, 0, 1, 1, None, 2, 2, 0.5, 0.5, None)
    assert (joins.x, joins.y) == ((50, 12.5), (0.5, 1.25))
    assert joins.text[1] == "metal<br>and blues, jazz:<br>12.5 % of their tracks are taken for each other"
    assert fig.layout.xaxis.range[0] > fig.layout.xaxis.range[1]  # the more, the further left


def test_axis_and_leaves_say_what_they_are():
    fig = genre_tree(TREE, what="segments")
    assert fig.layout.xaxis.title.text == "Taken for each other: share of segments, mean of both directions and of all pairs [%]"
    assert fig.layout.yaxis.ticktext == ("blues", "jazz", "metal")
    assert fig.data[2].marker.color == tuple(GENRE_COLOURS[genre] for genre in TREE.genres)


def test_a_leaf_gives_its_genre_a_pair_both_and_larger_joins_nothing():
    _, joins, leaves = genre_tree(TREE).data
    assert [list(entry) for entry in joins.customdata] == [["blues", "jazz"], []]
    assert [list(entry) for entry in leaves.customdata] == [["blues"], ["jazz"], ["metal"]]


def test_genres_that_are_never_mixed_up_still_make_a_tree():
    fig = genre_tree(GenreTree(("blues", "jazz"), ((0, 1, 0.0),), ()))
    assert fig.data[1].x == (0,)
    assert fig.data[2].x[0] >= 1
