import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.spectral import LogMel
from genre_core.teaching.convolving import onset_curve
from genre_core.teaching.recurrence import LSTM_LATEX, Recurrent, counting_lstm, fading_rnn, forgetting, lstm, simple_rnn, traces


def test_an_lstm_is_that_of_keras(keras_said):
    said = keras_said["remembering"]["LSTM"]
    steps = lstm(said["x"], Recurrent(*said["weights"]))
    np.testing.assert_allclose(steps.hidden, said["answers"], atol=1e-6)
    np.testing.assert_allclose(steps.cell[-1], said["state"], atol=1e-6)
    assert set(LSTM_LATEX) == set(steps.__dataclass_fields__)
    before = np.vstack([np.zeros(4), steps.cell[:-1]])
    np.testing.assert_allclose(steps.cell, steps.forget_gate * before + steps.input_gate * steps.candidate)
    np.testing.assert_allclose(steps.hidden, steps.output_gate * np.tanh(steps.cell))


def test_simple_cells_are_those_of_keras(keras_said):
    said = keras_said["remembering"]["SimpleRNN"]
    np.testing.assert_allclose(simple_rnn(said["x"], Recurrent(*said["weights"])), said["answers"], atol=1e-6)


@pytest.mark.parametrize("starts", [[], [3], [5, 40, 70], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]])
@pytest.mark.parametrize("frames", [1, 4])
def test_two_cells_made_by_hand_count_onsets(starts, frames):
    x = np.zeros((100, 1))
    for start in starts:
        x[start : start + frames] = 1.0
    assert lstm(x, counting_lstm()).cell[-1, 0] == pytest.approx(len(starts), abs=0.05)


def test_they_count_the_strokes_of_a_real_sound():
    rng, sr = np.random.default_rng(0), 22050
    y = 1e-4 * rng.normal(size=4 * sr)
    for beat in range(7):
        start = round((0.3 + 0.5 * beat) * sr)
        y[start : start + 2000] += 0.5 * rng.normal(size=2000) * np.exp(-np.arange(2000) / 400)
    level = LogMel(n_mels=64).of(Clip(y, sr))
    count = lstm(onset_curve(level)[:, None], counting_lstm()).cell[:, 0]
    assert count[-1] == pytest.approx(7, abs=0.3)
    middle = round(1.55 * sr / 512)
    assert count[middle] == pytest.approx(3, abs=0.3)


def test_a_simple_cell_forgets_and_an_lstm_does_not():
    x = np.zeros((60, 1))
    x[5] = 1.0
    fades, lasts = traces(x, fading_rnn(0.8), 5), traces(x, counting_lstm(), 5)
    assert (fades <= 0.8 ** np.arange(55) + 1e-12).all()
    assert fades[20] < 0.02
    assert lasts[-1] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("size", [0.0, 1e6])
def test_extremes_are_finite(size):
    big = Recurrent(np.full((2, 12), size), np.full((3, 12), -size), np.full(12, size))
    for x in (np.zeros((5, 2)), np.full((5, 2), 1e6)):
        steps = lstm(x, big)
        assert all(np.isfinite(getattr(steps, name)).all() for name in LSTM_LATEX)
    assert np.isfinite(simple_rnn(np.full((5, 1), 1e6), Recurrent([[size]], [[size]], [size]))).all()
    np.testing.assert_array_equal(traces(np.zeros((4, 1)), fading_rnn(), 0), 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: Recurrent(np.zeros((1, 6)), np.zeros((2, 6)), np.zeros(6)),
            r"four times as many for an LSTM\. Received: \(2, 6\)",
        ),
        (lambda: lstm([[0.0]], fading_rnn()), "An LSTM needs four parts a cell"),
        (lambda: simple_rnn([[0.0]], counting_lstm()), "Simple cells have one part each"),
        (lambda: lstm([[0.0, 1.0]], counting_lstm()), r"The sequence must have the shape \(n, 1\)"),
        (lambda: traces([[0.0]], fading_rnn(), 1), "the steps 0 to 0. Received: 1"),
        (lambda: fading_rnn(1.5), r"must lie in \[0, 1\]\. Received: 1\.5"),
    ],
)
def test_what_does_not_fit_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.98, 1.0])
def test_a_count_fades_by_what_the_forget_gate_leaves(keep):
    x = np.zeros((60, 1))
    x[10] = x[30] = 1.0
    cell = lstm(x, forgetting(counting_lstm(), keep)).cell[:, 0]
    assert cell[10] == pytest.approx(1, abs=1e-6)
    assert cell[29] == pytest.approx(keep**19, abs=1e-6)
    assert cell[30] == pytest.approx(keep**20 + 1, abs=1e-6)
    np.testing.assert_allclose(lstm(x, forgetting(counting_lstm(), keep)).forget_gate[:, 0], keep, atol=1e-12)


@pytest.mark.parametrize("call", [lambda: forgetting(fading_rnn(), 0.5), lambda: forgetting(counting_lstm(), 0.5, cell=2)])
def test_a_gate_that_is_not_there_is_said(call):
    with pytest.raises(ParameterError, match="Expected LSTM cells, one of them number"):
        call()
