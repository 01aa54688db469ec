import numpy as np
import pytest

from genre_core.teaching.convolving import FILTERS, at_place, convolve
from genre_core.teaching.recurrence import counting_lstm, lstm
from pages.figures.learn.patterns import answered, counted, fading, signed, sliding
from pages.figures.theme import ACCENT, WARM

HERTZ = np.geomspace(60, 8000, 12)


def sound() -> np.ndarray:
    picture = np.zeros((12, 20))
    picture[:, 10:14] = 1.0
    return picture


def words(figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_a_filter_lies_where_it_was_laid_and_its_sum_is_said():
    weights = FILTERS["onset"].weights
    place = at_place(sound(), weights, 6, 9, padding="same")
    answers = convolve(sound(), weights, padding="same")
    figure = sliding(sound(), answers, place, weights, frame_seconds=0.1, hertz=HERTZ)
    whole, map_, patch, shown, products = figure.data
    np.testing.assert_array_equal(whole.z, sound())
    np.testing.assert_allclose(map_.z, answers, atol=1e-3)
    assert map_.zmin == -map_.zmax
    np.testing.assert_array_equal(patch.z, np.tile([0, 0, 1, 1], (5, 1)))
    np.testing.assert_allclose(shown.z, weights, atol=1e-3)
    np.testing.assert_allclose(np.sum(products.z), place.answer, atol=0.02)
    box, dot = figure.layout.shapes
    assert (box.x0, box.x1) == pytest.approx((0.8, 1.2))
    assert (box.y0, box.y1) == (3.5, 8.5)
    assert (dot.x0, dot.y0) == pytest.approx((0.9, 5.5))
    assert "<b>products, sum +1.00</b>" in words(figure)
    assert figure.layout.xaxis2.title.text == "Time [s]"
    assert {figure.layout.yaxis.title.text, figure.layout.yaxis2.title.text} == {"Frequency [Hz]"}
    assert figure.layout.yaxis.ticktext == ("100", "400", "1,000", "2,500", "6,000")


def test_what_is_kept_stands_below_over_the_same_time():
    figure = answered(sound(), sound()[:, ::4], frame_seconds=0.1, hertz=HERTZ, words=("in", "out"), kept_frames=4)
    above, below = figure.data
    assert (above.dx, below.dx) == (0.1, 0.4)
    assert (above.x0, below.x0) == (0.05, 0.2)
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range == (0, 2.0)
    assert words(figure) == ["<b>in</b>", "<b>out</b>"]


def test_memory_rises_with_each_stroke():
    curve = np.zeros(50)
    curve[[10, 30]] = 1.0
    figure = counted(curve, 0.3, lstm(curve[:, None], counting_lstm(threshold=0.3)), frame_seconds=0.02)
    onsets, gate, kept, memory = figure.data
    assert [line.name for line in figure.data] == ["onsets", "input gate", "forget gate", "memory"]
    np.testing.assert_allclose(np.flatnonzero(np.array(gate.y) > 0.5), [10, 30])
    np.testing.assert_allclose(kept.y, 1)
    np.testing.assert_allclose([memory.y[9], memory.y[10], memory.y[30], memory.y[-1]], [0, 1, 2, 2], atol=1e-3)
    assert onsets.x[10] == pytest.approx(0.2)
    assert figure.layout.shapes[0].y0 == 0.3
    assert figure.layout.xaxis.title.text == "Time [s]"
    assert figure.layout.yaxis4.title.text == "Memory"


def test_what_fades_is_drawn_in_per_cent_with_its_name():
    shares = [("one", np.array([1.0, 0.5, 0.25]), WARM), ("other", np.ones(3), ACCENT)]
    figure = fading(shares, frame_seconds=0.5)
    assert list(figure.data[0].y) == [100, 50, 25]
    assert list(figure.data[1].x) == [0, 0.5, 1.0]
    assert words(figure) == ["<b>● one</b>", "<b>● other</b>"]
    assert figure.layout.xaxis.title.text == "Time after the stroke [s]"
    assert figure.layout.yaxis.title.text == "Still remembered [%]"


@pytest.mark.parametrize(("value", "text"), [(0.123, "+0.12"), (-0.5, "−0.50"), (-0.001, "0.00"), (0.0, "0.00")])
def test_numbers_have_a_sign_and_no_minus_zero(value, text):
    assert signed(value) == text
