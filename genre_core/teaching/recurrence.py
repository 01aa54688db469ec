"""Memory: a simple recurrent cell that forgets whether it wants or not, and an LSTM cell that is asked.

A simple cell mixes what it hears with what it was: `h = tanh(x W + h U + b)`. At each step the past is squeezed once more, so
that it fades (Bengio, Simard and Frasconi, Learning long-term dependencies with gradient descent is difficult, 1994). An LSTM
keeps a second value, the cell, that is only added to, and three gates from 0 to 1: what comes in, what stays, what is told
(Hochreiter and Schmidhuber, Long short-term memory, 1997; the forget gate by Gers, Schmidhuber and Cummins, 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError
from genre_core.teaching.checks import between, numbers
from genre_core.teaching.neuron import sigmoid

LSTM_LATEX = {
    "input_gate": r"i_t = \sigma(x_t W_i + h_{t-1} U_i + b_i)",
    "forget_gate": r"f_t = \sigma(x_t W_f + h_{t-1} U_f + b_f)",
    "candidate": r"\tilde c_t = \tanh(x_t W_c + h_{t-1} U_c + b_c)",
    "output_gate": r"o_t = \sigma(x_t W_o + h_{t-1} U_o + b_o)",
    "cell": r"c_t = f_t\,c_{t-1} + i_t\,\tilde c_t",
    "hidden": r"h_t = o_t \tanh(c_t)",
}
"""Formula of each array of `LstmSteps`."""
RNN_LATEX = r"h_t = \tanh(x_t W + h_{t-1} U + b)"


@dataclass(frozen=True, eq=False)
class Recurrent:
    """Weights of recurrent cells, as Keras keeps them; an LSTM's four parts stand side by side: input, forget, candidate, output.

    Attributes
    ----------
    inputs : np.ndarray
        From each input, shape (n_inputs, n_parts * n_cells); `n_parts` is 4 for an LSTM, 1 for simple cells.
    recurrent : np.ndarray
        From each cell's last answer, shape (n_cells, n_parts * n_cells).
    biases : np.ndarray
        Shape (n_parts * n_cells,).

    Raises
    ------
    ParameterError
        If shapes do not fit or a number is not finite.
    """

    inputs: np.ndarray
    recurrent: np.ndarray
    biases: np.ndarray

    def __post_init__(self) -> None:
        recurrent = numbers("recurrent", self.recurrent, shape=(None, None))
        if recurrent.shape[1] not in (recurrent.shape[0], 4 * recurrent.shape[0]):
            raise ParameterError(
                "recurrent must have as many columns as rows for simple cells, four times as many for an LSTM. "
                f"Received: {recurrent.shape}."
            )
        object.__setattr__(self, "recurrent", recurrent)
        object.__setattr__(self, "inputs", numbers("inputs", self.inputs, shape=(None, recurrent.shape[1])))
        object.__setattr__(self, "biases", numbers("biases", self.biases, shape=(recurrent.shape[1],)))

    @property
    def n_cells(self) -> int:
        return int(self.recurrent.shape[0])

    @property
    def is_lstm(self) -> bool:
        return bool(self.recurrent.shape[1] == 4 * self.n_cells)


@dataclass(frozen=True, eq=False)
class LstmSteps:
    """What happens in LSTM cells over time; all float64, shape (n_steps, n_cells).

    Attributes
    ----------
    input_gate, forget_gate, output_gate : np.ndarray
        0 is shut, 1 is open.
    candidate : np.ndarray
        What would be written, -1 to 1.
    cell : np.ndarray
        What is remembered.
    hidden : np.ndarray
        What is told, -1 to 1.
    """

    input_gate: np.ndarray
    forget_gate: np.ndarray
    candidate: np.ndarray
    output_gate: np.ndarray
    cell: np.ndarray
    hidden: np.ndarray


def lstm(x: np.ndarray, weights: Recurrent) -> LstmSteps:
    """Let LSTM cells hear a sequence, from an empty memory.

    Parameters
    ----------
    x : np.ndarray
        Shape (n_steps, n_inputs).
    weights : Recurrent

    Raises
    ------
    ParameterError
        If the weights are those of simple cells, or the inputs are not as many as they expect.
    """
    if not weights.is_lstm:
        raise ParameterError("An LSTM needs four parts a cell. Received: weights of simple cells.")
    x = numbers("The sequence", x, shape=(None, weights.inputs.shape[0]))
    n, heard = weights.n_cells, x @ weights.inputs + weights.biases  # (n_steps, 4 n_cells)
    parts = np.empty((6, len(x), n))
    cell, hidden = np.zeros(n), np.zeros(n)
    for step, sums in enumerate(heard):
        z = sums + hidden @ weights.recurrent  # (4 n_cells,)
        gates, candidate = sigmoid(z), np.tanh(z[2 * n : 3 * n])
        entering, staying, telling = gates[:n], gates[n : 2 * n], gates[3 * n :]
        cell = staying * cell + entering * candidate
        hidden = telling * np.tanh(cell)
        parts[:, step] = entering, staying, candidate, telling, cell, hidden
    return LstmSteps(*parts)


def simple_rnn(x: np.ndarray, weights: Recurrent) -> np.ndarray:
    """Let simple cells hear a sequence, from an empty memory: what they tell, shape (n_steps, n_cells); raises as `lstm`."""
    if weights.is_lstm:
        raise ParameterError("Simple cells have one part each. Received: the four of an LSTM.")
    x = numbers("The sequence", x, shape=(None, weights.inputs.shape[0]))
    heard = x @ weights.inputs + weights.biases  # (n_steps, n_cells)
    told, hidden = np.empty_like(heard), np.zeros(weights.n_cells)
    for step, sums in enumerate(heard):
        hidden = np.tanh(sums + hidden @ weights.recurrent)
        told[step] = hidden
    return told


def traces(x: np.ndarray, weights: Recurrent, step: int, *, cell: int = 0) -> np.ndarray:
    """How much of one step is still remembered at each step after it, shape (n_steps - step,).

    The sequence is heard twice, once with that step silent; what is measured is how far the two memories of one cell are apart,
    as a share of how far they were right after it. A memory that lasts stays at 1; 0 is forgotten.

    Parameters
    ----------
    x, weights
        As for `lstm` or `simple_rnn`.
    step : int
        The step that is followed.
    cell : int
        Whose memory is asked.

    Raises
    ------
    ParameterError
        If there is no such step or cell.
    """
    x = numbers("The sequence", x, shape=(None, weights.inputs.shape[0]))
    if step not in range(len(x)):
        raise ParameterError(f"The sequence has the steps 0 to {len(x) - 1}. Received: {step}.")
    if cell not in range(weights.n_cells):
        raise ParameterError(f"There are the cells 0 to {weights.n_cells - 1}. Received: {cell}.")
    without = x.copy()
    without[step] = 0.0
    memories = [lstm(heard, weights).cell if weights.is_lstm else simple_rnn(heard, weights) for heard in (x, without)]
    apart = np.abs(memories[0] - memories[1])[step:, cell]  # (n_steps - step,)
    return apart / apart[0] if apart[0] > 1e-12 else np.zeros_like(apart)


def counting_lstm(*, threshold: float = 0.2) -> Recurrent:
    """Two LSTM cells, made by hand, that count onsets: the first cell's memory grows by one with each.

    The input is an onset curve from 0 to 1. The second cell remembers of the frame before whether the curve was above
    `threshold`: +1 or -1. The first opens its input gate where the curve is above and was not, so that a long onset counts
    once; its forget gate keeps everything. Weights are large so that the gates open and shut wholly.

    Raises
    ------
    ParameterError
        If the threshold does not lie in [0.05, 0.95].
    """
    threshold = between("The threshold", threshold, 0.05, 0.95)
    inputs, recurrent, biases = np.zeros((1, 4, 2)), np.zeros((2, 4, 2)), np.zeros((4, 2))
    entering, staying, candidate, telling = range(4)
    biases[telling] = 30.0
    # First cell: 200 (x - threshold) - 150 (told by the second + tanh(1)), below -30 for any x where it was above before.
    inputs[0, entering, 0], recurrent[1, entering, 0] = 200.0, -150.0
    biases[entering, 0] = -200.0 * threshold - 150.0 * np.tanh(1.0)
    biases[staying, 0] = biases[candidate, 0] = 30.0
    # Second cell: always written anew.
    inputs[0, candidate, 1], biases[candidate, 1] = 200.0, -200.0 * threshold
    biases[entering, 1], biases[staying, 1] = 30.0, -30.0
    return Recurrent(inputs.reshape(1, 8), recurrent.reshape(2, 8), biases.reshape(8))


def forgetting(weights: Recurrent, keep: float, *, cell: int = 0) -> Recurrent:
    """The same LSTM cells, but the forget gate of one stands still: at each step `keep` of its memory stays.

    Raises
    ------
    ParameterError
        If `keep` does not lie in [0, 1], the weights are those of simple cells, or there is no such cell.
    """
    keep = between("The share that is kept", keep, 0, 1)
    if not weights.is_lstm or cell not in range(weights.n_cells):
        raise ParameterError(f"Expected LSTM cells, one of them number {cell}. Received: {weights.n_cells} cells, LSTM or not.")
    column = weights.n_cells + cell  # input gates come first, forget gates second
    inputs, recurrent, biases = weights.inputs.copy(), weights.recurrent.copy(), weights.biases.copy()
    inputs[:, column] = recurrent[:, column] = 0.0
    share = np.clip(keep, 1e-13, 1 - 1e-13)
    biases[column] = np.log(share / (1 - share))
    return Recurrent(inputs, recurrent, biases)


def fading_rnn(keep: float = 0.8) -> Recurrent:
    """One simple cell that keeps a share `keep`, 0 to 1, of what it was: after n quiet steps at most `keep ** n` is left."""
    keep = between("The share that is kept", keep, 0, 1)
    return Recurrent(np.ones((1, 1)), np.full((1, 1), keep), np.zeros(1))
