"""Confusion matrices from arrays: what the cells hold, the words on the axes, what a click gives."""

from __future__ import annotations

import numpy as np
import pytest

from pages.figures.confusion import confusion, confusion_difference
from pages.figures.theme import DIVERGING

GENRES = ("blues", "jazz", "rock")
MATRIX = np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]])


@pytest.mark.parametrize(("by", "first", "value"), [("counts", "<b>1</b><br>25%", 1), ("share", "<b>25%</b><br>1", 0.25)])
def test_cells_hold_count_and_share_of_the_row(by, first, value):
    fig = confusion(MATRIX, GENRES, by=by)
    cells, clicks = fig.data
    assert fig.layout.yaxis.title.text == "True genre (rows)"
    assert fig.layout.xaxis.title.text == "Predicted genre (columns)"
    assert cells.text[0][1] == first
    assert cells.text[2][2] == ""
    assert np.asarray(cells.z)[0, 1] == value
    assert np.isnan(np.asarray(cells.z)[1, 0])  # an empty cell shows the page
    assert cells.zmax == (3 if by == "counts" else 1)
    assert list(fig.layout.yaxis.range) == [2.5, -0.5]  # the first genre on top
    assert clicks.text[1] == "1 of 4 tracks that are blues<br>were called jazz (25%)"


def test_each_cell_can_be_clicked_and_names_truth_and_verdict():
    clicks = confusion(MATRIX, GENRES).data[1]
    assert (clicks.type, clicks.mode, clicks.marker.symbol) == ("scatter", "markers", "square")
    assert clicks.marker.color == "rgba(0, 0, 0, 0)"  # seen by nobody
    for x, y, (true, predicted) in zip(clicks.x, clicks.y, clicks.customdata, strict=True):
        assert (x, y) == (predicted, true)
    assert len(clicks.x) == 9


def test_a_difference_is_centred_on_zero_and_told_with_its_sign():
    other = np.array([[2, 1, 1], [1, 1, 0], [0, 0, 0]])
    fig = confusion_difference(MATRIX, other, GENRES, what="segments")
    cells, clicks = fig.data
    assert (cells.zmid, cells.zmin, cells.zmax) == (0, -50, 50)
    assert cells.colorscale == DIVERGING
    np.testing.assert_allclose(np.asarray(cells.z)[:2], [[25, np.nan, -25], [-50, 50, np.nan]])
    assert cells.text[0][2] == "<b>\N{MINUS SIGN}1</b><br>\N{MINUS SIGN}25 pp"
    assert cells.text[1][1] == "<b>+1</b><br>+50 pp"
    assert cells.text[0][1] == ""
    assert clicks.text[2].startswith("blues called rock: 0 segments by this run, 1 by the other<br>of 4: \N{MINUS SIGN}25 perc")
    assert fig.layout.yaxis.title.text == "True genre (rows)"
    assert fig.layout.xaxis.title.text == "Predicted genre (columns)"


def test_two_equal_runs_differ_in_no_cell():
    cells = confusion_difference(MATRIX, MATRIX, GENRES).data[0]
    assert np.isnan(np.asarray(cells.z, float)).all()
    assert cells.zmax > 0


@pytest.mark.parametrize("n_genres", [2, 22])
def test_any_number_of_genres(n_genres):
    genres = [f"genre {n:02d}" for n in range(n_genres)]
    assert confusion(np.eye(n_genres, dtype=int), genres).layout.height >= 470
