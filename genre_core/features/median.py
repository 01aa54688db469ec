"""Running median by a sorting network: exact, and many windows at a time.

A network sorts by a fixed list of minima and maxima, whatever the values, so that each step works on thousands of windows at
once. Neighbouring windows share most of their values; the shared middle is sorted once for a group of windows, and of a sorted
part only those values are kept that can still become the median (the idea of A. Adams, "Fast median filters using separable
sorting networks", 2021, in one dimension).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from genre_core.errors import ParameterError

_GROUP = 16  # Windows that share a sorted middle, at most.
_COLUMNS = 512
_LANES = 16384  # Windows of one step: long enough to hide the call, short enough to stay in the cache.


class _Step(NamedTuple):
    """One minimum or maximum of two registers, written to a third."""

    operation: np.ufunc
    left: int
    right: int
    result: int


class _Program(NamedTuple):
    """Steps that turn `n_inputs` neighbouring values into `len(outputs)` neighbouring medians."""

    n_inputs: int
    steps: tuple[_Step, ...]
    outputs: tuple[int, ...]
    n_registers: int


def running_median(values: np.ndarray, width: int, *, axis: int) -> np.ndarray:
    """Median of `width` neighbours along one axis, the ends mirrored; dtype and shape (n_rows, n_columns) of `values`.

    The same bits as `scipy.ndimage.median_filter(values, size=..., mode="reflect")`.

    Parameters
    ----------
    values : np.ndarray
        Finite numbers, shape (n_rows, n_columns).
    width : int
        Odd number of neighbours, the value itself included.
    axis : int
        0 along a column, 1 along a row.

    Raises
    ------
    ParameterError
        If `width` is not odd and positive.
    """
    if width < 1 or width % 2 == 0:
        raise ParameterError(f"width must be odd and positive, so that a window has a middle. Received: width={width}.")
    medians = np.empty_like(values)
    if width == 1:
        medians[...] = values
        return medians
    source, target = (values, medians) if axis == 0 else (values.T, medians.T)
    program = _program(width)
    length, group = len(source), len(program.outputs)
    n_groups = -(-length // group)
    index = _mirrored(np.arange(-(width // 2), n_groups * group + width // 2), length)
    for first in range(0, source.shape[1], _COLUMNS):
        columns = slice(first, first + _COLUMNS)
        padded = np.ascontiguousarray(source[:, columns])[index]  # (n_groups * group + width - 1, n_columns)
        target[:, columns] = _medians(padded, program, n_groups)[:length]
    return medians


def _mirrored(index: np.ndarray, length: int) -> np.ndarray:
    """Index into an axis mirrored at its ends, the edge value repeated: d c b a | a b c d | d c b a."""
    index = index % (2 * length)
    return np.where(index < length, index, 2 * length - 1 - index)


def _medians(padded: np.ndarray, program: _Program, n_groups: int) -> np.ndarray:
    group, n_columns = len(program.outputs), padded.shape[1]
    medians = np.empty((n_groups, group, n_columns), padded.dtype)
    at_once = max(1, _LANES // n_columns)
    free = [np.empty((at_once, n_columns), padded.dtype) for _ in range(program.n_registers)]
    for first in range(0, n_groups, at_once):
        n_rows = min(at_once, n_groups - first)
        start, stop = first * group, (first + n_rows - 1) * group + 1
        registers = [padded[start + offset : stop + offset : group] for offset in range(program.n_inputs)]  # (n_rows, n_columns)
        registers += [register[:n_rows] for register in free]
        for operation, left, right, result in program.steps:
            operation(registers[left], registers[right], out=registers[result])
        for number, register in enumerate(program.outputs):
            medians[first : first + n_rows, number] = registers[register]
    return medians.reshape(n_groups * group, n_columns)


class _Network:
    """Values of a network under construction: the first are inputs, each further one the minimum or maximum of two."""

    def __init__(self, n_inputs: int) -> None:
        self.n_inputs = n_inputs
        self.nodes: list[tuple[np.ufunc, int, int]] = []

    def ordered(self, left: int, right: int) -> list[int]:
        """Two values in ascending order."""
        self.nodes += [(np.minimum, left, right), (np.maximum, left, right)]
        last = self.n_inputs + len(self.nodes)
        return [last - 2, last - 1]

    def merged(self, left: list[int], right: list[int]) -> list[int]:
        """Two ascending lists as one (Batcher's odd-even merge, 1968, for any lengths)."""
        if not left or not right:
            return left + right
        if len(left) == len(right) == 1:
            return self.ordered(left[0], right[0])
        even = self.merged(left[::2], right[::2])
        odd = self.merged(left[1::2], right[1::2])
        n_pairs = min(len(odd), len(even) - 1)
        pairs = [self.ordered(odd[k], even[k + 1]) for k in range(n_pairs)]
        return [even[0], *(value for pair in pairs for value in pair), *odd[n_pairs:], *even[n_pairs + 1 :]]

    def sorted(self, values: list[int]) -> list[int]:
        """Values in ascending order."""
        if len(values) < 2:
            return values
        half = len(values) // 2
        return self.merged(self.sorted(values[:half]), self.sorted(values[half:]))

    def medians(self, kept: list[int], left: list[int], right: list[int]) -> list[int]:
        """Medians of neighbouring windows that share the sorted `kept`: the first has all of `left`, the last all of `right`."""
        if not left:
            return kept
        half = (len(left) + 1) // 2
        with_left = self._middle(self.merged(kept, self.sorted(left[half - 1 :])), half)
        with_right = self._middle(self.merged(kept, self.sorted(right[:half])), half)
        return self.medians(with_left, left[: half - 1], right[: half - 1]) + self.medians(with_right, left[half:], right[half:])

    def _middle(self, values: list[int], n_kept: int) -> list[int]:
        """Those of a sorted part that the values still to come can make the median."""
        cut = (len(values) - n_kept) // 2
        return values[cut : cut + n_kept]


@lru_cache(maxsize=8)
def _program(width: int) -> _Program:
    group = _GROUP
    while group > (width + 1) // 2:
        group //= 2
    inputs = list(range(width + group - 1))
    network = _Network(len(inputs))
    shared = network.sorted(inputs[group - 1 : width])
    kept = network._middle(shared, group)
    return _with_registers(network, network.medians(kept, inputs[: group - 1], inputs[width:]))


def _with_registers(network: _Network, outputs: list[int]) -> _Program:
    """Leave out what no output needs, and let values that are needed no more make room for new ones."""
    needed = set(outputs)
    last_use: dict[int, int] = {}
    for number in range(len(network.nodes) - 1, -1, -1):
        value = network.n_inputs + number
        if value in needed:
            _, left, right = network.nodes[number]
            needed.update((left, right))
            last_use.setdefault(left, value)
            last_use.setdefault(right, value)
    place = {value: value for value in range(network.n_inputs)}
    free: list[int] = []
    n_registers = 0
    steps = []
    for number, (operation, left, right) in enumerate(network.nodes):
        value = network.n_inputs + number
        if value not in needed:
            continue
        operands = place[left], place[right]
        for operand in {left, right}:
            if operand >= network.n_inputs and last_use[operand] == value and operand not in outputs:
                free.append(place[operand])
        if not free:
            free.append(network.n_inputs + n_registers)
            n_registers += 1
        place[value] = free.pop()
        steps.append(_Step(operation, *operands, place[value]))
    return _Program(network.n_inputs, tuple(steps), tuple(place[value] for value in outputs), n_registers)
