import numpy as np
import pytest

from genre_core.evaluation.intervals import Interval
from pages.figures.dataset import counts
from pages.figures.scores import by_genre
from pages.figures.theme import GENRE_COLOURS, SPLIT_COLOURS
from pages.figures.training import best_epoch, learning, overlay
from pages.figures.verdict import posterior_bars, ribbon

GENRES = ("blues", "jazz", "rock")
HISTORY = [
    {"epoch": n, "loss": 2 / n, "accuracy": 1 - 0.5 / n, "valid_loss": abs(n - 3) + 0.5, "valid_accuracy": 0.6}
    for n in range(1, 6)
]


def test_counts_stack_the_splits():
    fig = counts(GENRES, {"train": [3, 4, 5], "valid": [1, 1, 0]})
    assert [bar.name for bar in fig.data] == ["train", "valid"]
    assert fig.data[1].text == ("1", "1", "")
    assert fig.data[0].marker.color == SPLIT_COLOURS["train"]
    assert fig.layout.xaxis.title.text == "Tracks"


def test_learning_curves_mark_the_best_epoch():
    fig = learning(HISTORY, epochs=20)
    assert best_epoch(HISTORY) == 3
    assert {shape.x0 for shape in fig.layout.shapes} == {3}
    assert fig.layout.annotations[0].text == "best: epoch 3"
    assert {trace.name for trace in fig.data} == {"train", "valid"}
    assert fig.layout.yaxis.title.text == "Loss [nats]"


def test_learning_curves_before_the_first_epoch():
    assert best_epoch([]) is None
    assert not learning([], epochs=20).layout.shapes


def test_overlay_tells_runs_and_splits_apart():
    fig = overlay({"1. ann": HISTORY, "2. ann": HISTORY[:2]})
    assert {trace.name for trace in fig.data} == {"1. ann, train", "1. ann, valid", "2. ann, train", "2. ann, valid"}
    colours = {trace.name[0]: trace.line.color for trace in fig.data}
    assert colours["1"] != colours["2"]


def test_a_score_a_genre_is_a_dot_on_its_interval():
    scores = [Interval(0.5, 0.25, 0.875), Interval(1.0, reason="one artist"), Interval(None, reason="never there")]
    blues, jazz, rock = by_genre(GENRES, scores).data
    assert (blues.x, blues.y) == ((0.5,), ("blues",))
    assert (blues.error_x.array, blues.error_x.arrayminus) == ((0.375,), (0.25,))
    assert blues.marker.color == blues.error_x.color == GENRE_COLOURS["blues"]
    assert (jazz.x, jazz.error_x.array) == ((1.0,), (None,))
    assert "one artist" in jazz.hovertemplate
    assert rock.x == (None,)


def test_bars_are_ranked_and_written():
    fig = posterior_bars(GENRES, np.array([0.1, 0.7, 0.2]), threshold=0.5)
    assert fig.data[0].y == ("jazz", "rock", "blues")
    assert fig.data[0].text == ("0.70", "0.20", "0.10")
    assert fig.layout.shapes[0].x0 == 0.5


@pytest.mark.parametrize(("threshold", "side"), [(0.0, "left"), (0.5, "center"), (1.0, "right")])
def test_the_line_of_the_threshold_is_named_above_the_bars_and_inside_the_picture(threshold, side):
    fig = posterior_bars(GENRES, np.array([0.1, 0.7, 0.2]), threshold=threshold)
    [named] = fig.layout.annotations
    assert (fig.layout.shapes[0].x0, named.x, named.xanchor) == (threshold, threshold, side)
    assert (named.yref, named.y, named.yanchor) == ("paper", 1, "bottom")
    assert fig.layout.margin.t >= 26


def test_what_should_not_be_named_is_drawn_pale_and_without_names():
    posterior = np.array([0.1, 0.7, 0.2])
    bars = posterior_bars(GENRES, posterior, pale=True)
    assert bars.data[0].marker.opacity < 0.5
    assert posterior_bars(GENRES, posterior).data[0].marker.opacity == 1
    assert not bars.layout.shapes
    over_time = ribbon(GENRES, np.stack([posterior, posterior]), np.array([0.0, 3.0]), np.array([3.0, 6.0]), pale=True)
    assert {bar.marker.opacity for bar in over_time.data} == {bars.data[0].marker.opacity}
    assert not over_time.layout.annotations


def test_ribbon_does_not_draw_overlapping_segments_twice():
    starts, ends = np.array([0.0, 1.5, 3.0]), np.array([3.0, 4.5, 6.0])
    fig = ribbon(GENRES, np.eye(3)[[0, 0, 2]], starts, ends)
    blues = next(bar for bar in fig.data if bar.name == "blues")
    assert np.asarray(blues.width).tolist() == [1.5, 1.5, 3.0]
    assert {bar.name for bar in fig.data} == {"blues", "rock"}
    assert [note.text for note in fig.layout.annotations] == ["blues", "rock"]
    assert fig.layout.xaxis.range == (0, 6)


@pytest.mark.parametrize("n_genres", [2, 22])
def test_any_number_of_genres(n_genres):
    genres = [f"genre {n:02d}" for n in range(n_genres)]
    assert len(ribbon(genres, np.full((4, n_genres), 1 / n_genres), np.arange(4.0), np.arange(1, 5.0)).data) == n_genres
