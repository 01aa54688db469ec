"""Precision-recall and ROC from arrays: lines, lines of equal F1, words on the axes, what a click gives."""

from __future__ import annotations

import re

import numpy as np
import pytest

from genre_core.evaluation.curves import pr_curves, roc_curves
from genre_core.evaluation.intervals import Interval
from pages.figures.score_curves import ISO_F1, precision_recall, roc
from pages.figures.theme import GENRE_COLOURS, NEUTRAL

GENRES = ("blues", "jazz", "rock")
Y = np.array([0, 0, 1, 1])
P = np.array([[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.3, 0.6, 0.1], [0.5, 0.3, 0.2]])
SCORES = {"blues": Interval(0.5, 0.25, 0.75), "jazz": Interval(0.5), None: Interval(0.75)}


def test_precision_recall_keeps_genre_colours_and_thickens_all():
    fig = precision_recall(pr_curves(Y, P, GENRES), genres=GENRES, scores=SCORES, what="segments")
    blues, jazz, combined = fig.data
    assert (blues.line.color, jazz.line.color, combined.line.color) == (GENRE_COLOURS["blues"], GENRE_COLOURS["jazz"], NEUTRAL)
    assert combined.name == "all combined"
    assert combined.line.width > blues.line.width
    assert blues.line.shape == "hv"
    assert "average precision 0.50 [0.25, 0.75]" in blues.hovertemplate
    np.testing.assert_allclose(blues.x[-1], 1)
    assert fig.layout.xaxis.title.text == "Recall: share of a genre's segments that are found"
    assert fig.layout.yaxis.title.text == "Precision: share of those named that are right"


def test_lines_of_equal_f1_have_that_f1_everywhere():
    fig = precision_recall(pr_curves(Y, P, GENRES), genres=GENRES, scores=SCORES)
    assert [note.text for note in fig.layout.annotations] == ["F1 0.2", "F1 0.4", "F1 0.6", "F1 0.8"]
    for f1, shape, note in zip(ISO_F1, fig.layout.shapes, fig.layout.annotations, strict=True):
        points = np.array([[float(number) for number in pair.split(",")] for pair in re.split(r"[ML] ", shape.path)[1:]])
        inside = points[points[:, 1] < 1]
        recall, precision = inside.T
        np.testing.assert_allclose(2 * recall * precision / (recall + precision), f1, atol=2e-3)
        assert (note.x, note.y) == (f1, f1)  # where the line crosses the diagonal
        assert points[-1] == pytest.approx([1, f1 / (2 - f1)], abs=1e-3)


def test_a_point_gives_its_genre_and_all_combined_gives_none():
    for fig in (
        precision_recall(pr_curves(Y, P, GENRES), genres=GENRES, scores=SCORES),
        roc(roc_curves(Y, P, GENRES), genres=GENRES, scores=SCORES),
    ):
        assert [trace.customdata[0][0] for trace in fig.data] == ["blues", "jazz", ""]
        assert all("markers" in trace.mode for trace in fig.data)  # a line alone takes no clicks
        assert fig.layout.clickmode == "event+select"


def test_roc_draws_what_is_found_over_what_is_wrongly_named():
    fig = roc(roc_curves(Y, P, GENRES), genres=GENRES, scores=SCORES, chosen="jazz")
    blues, jazz, _ = fig.data
    assert (blues.x[0], blues.y[0], blues.x[-1], blues.y[-1]) == (0, 0, 1, 1)
    assert (jazz.opacity, blues.opacity) == (1, 0.25)
    assert "area 0.50 [0.25, 0.75]" in blues.hovertemplate
    assert fig.layout.xaxis.title.text == "False positives: share of the other tracks that are wrongly named"
    assert fig.layout.yaxis.title.text == "True positives: share of a genre's tracks that are found"
    [guessing] = fig.layout.shapes
    assert (guessing.x0, guessing.y0, guessing.x1, guessing.y1) == (0, 0, 1, 1)
    assert fig.layout.annotations[0].text == "guessing"
