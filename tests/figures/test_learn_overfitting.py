import numpy as np
import pytest

from genre_core.teaching.curing import Cure
from genre_core.teaching.following import Following
from pages.figures.learn.overfitting import BIN, Curve, followed, weighed
from pages.figures.theme import ACCENT, NEUTRAL

PLAIN = Following(
    Cure(epochs=4), 30, [2.3, 1.0, 0.1], [0.1, 0.8, 1.0], [2.4, 1.5, 1.9], [0.1, 0.5, 0.4],
    edges=np.linspace(-0.2, 0.2, 5), counts=np.array([1, 4, 4, 1]), is_over=True,
)  # fmt: skip
STOPPED = Following(
    Cure(epochs=4, patience=1), 30, [2.3, 1.0], [0.1, 0.8], [2.4, 1.5], [0.1, 0.5],
    edges=np.linspace(-0.1, 0.1, 5), counts=np.array([0, 5, 5, 0]), is_over=True,
)  # fmt: skip
CURVES = [Curve("no cure", NEUTRAL, PLAIN), Curve("early stopping after 1", ACCENT, STOPPED)]


def of(figure, axis, mode):
    return [trace for trace in figure.data if (trace.xaxis or "x") == axis and trace.mode == mode]


def test_train_is_dotted_valid_a_line_and_the_net_that_counts_a_dot():
    figure = followed(CURVES, n_genres=10)
    losses, shares = of(figure, "x", "lines"), of(figure, "x2", "lines")
    assert [trace.line.dash for trace in losses] == ["dot", "solid"] * 2
    np.testing.assert_allclose(losses[0].y, PLAIN.train_loss)
    np.testing.assert_allclose(losses[1].y, PLAIN.valid_loss)
    np.testing.assert_allclose(shares[1].y, [10, 50, 40])
    dots = of(figure, "x", "markers")
    assert [(dot.x[0], dot.y[0]) for dot in dots] == [(2, 1.9), (1, 1.5)]  # the last epoch, and the best with patience
    assert [dot.y[0] for dot in of(figure, "x2", "markers")] == [40, 50]


def test_axes_say_what_they_are_and_guessing_is_marked():
    layout = followed(CURVES, n_genres=10).layout
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("Epochs", "Loss [nat]")
    assert (layout.xaxis2.title.text, layout.yaxis2.title.text) == ("Epochs", "Right answers [%]")
    assert layout.shapes[0].y0 == layout.shapes[0].y1 == 10
    texts = {note.text for note in layout.annotations}
    assert {"guessing", "<b>no cure</b>", "<b>early stopping after 1</b>", "<b>●  the net that counts</b>"} <= texts
    assert tuple(layout.xaxis.range) == (0, 4)
    assert layout.yaxis.range[1] > 2.4


def test_weights_of_all_trainings_are_shares_of_ranges_of_one_width():
    figure = weighed(CURVES)
    first, second = of(figure, "x2", "lines")
    assert sum(first.y) * 0.1 / BIN == pytest.approx(100, rel=0.01)  # bins of 0.1
    assert max(second.y) == pytest.approx(50 * BIN / 0.05)
    assert (figure.layout.xaxis2.title.text, figure.layout.yaxis2.title.text) == ("Weight", "Weights [% a hundredth]")


def test_a_loss_without_bounds_leaves_the_picture_and_nothing_yet_is_empty():
    wild = Curve("wild", ACCENT, Following(Cure(epochs=2), 3, [2.0, 90.0], [0.1, 0.1], [2.0, 95.0], [0.1, 0.1]))
    assert followed([wild], n_genres=2).layout.yaxis.range[1] == 5
    for figure in (followed([], n_genres=2), weighed([]), weighed([wild])):
        assert figure.layout.height == 290
