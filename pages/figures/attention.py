"""What a model listened to, as pictures over time that move with the sound: over the log-mel, and as numbers below it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pages.figures.scene import Cells, Panel, Veil
from pages.figures.theme import DIVERGING

MOST_COVERED = 0.8
"""How dark it becomes where nothing mattered; what lies below stays recognisable."""

OUTLINE = "#7df9e6"
"""Around what mattered most: light teal, which the palette of spectrograms does not hold."""

UNIT = "log-odds"
_COLUMNS = 1000
_LEAST = 1e-6


def listened_panel(
    log_mel: Panel,
    values: np.ndarray,
    salient: np.ndarray,
    time_edges: np.ndarray,
    band_edges: np.ndarray,
) -> Panel:
    """The log-mel with a veil over all that did not matter.

    Parameters
    ----------
    log_mel : Panel
        As `panels.frequency_panel` makes it.
    values : np.ndarray
        By how much the log-odds of the genre fall without each patch, shape (n_bands, n_times).
    salient : np.ndarray
        Which patches are outlined, bool, same shape.
    time_edges, band_edges : np.ndarray
        Edges of the patches [s] and [Hz].
    """
    share = np.clip(values / max(float(values.max()), _LEAST), 0.0, 1.0)
    shades = np.rint(255 * MOST_COVERED * (1 - np.sqrt(share))).astype(np.uint8)
    veil = Veil(
        shades,
        np.asarray(values, np.float32),
        np.asarray(salient, np.uint8),
        np.asarray(time_edges, np.float32),
        np.asarray(band_edges, np.float32),
        UNIT,
        line=OUTLINE,
    )
    return replace(log_mel, layers=[*log_mel.layers, veil])


def weights_panel(log_mel: Panel, values: np.ndarray, time_edges: np.ndarray, band_edges: np.ndarray, *, share: float) -> Panel:
    """The values themselves below it, on the same axes: red speaks for the genre, blue against it."""
    most = max(float(np.abs(values).max(initial=0.0)), _LEAST)
    seconds = float(time_edges[-1])
    n_columns = max(len(time_edges) - 1, _COLUMNS)
    centres = (np.arange(n_columns) + 0.5) * (seconds / n_columns)
    at = np.clip(np.searchsorted(time_edges, centres, side="right") - 1, 0, values.shape[1] - 1)
    shades = np.rint((values[:, at] / most + 1) * 127.5).astype(np.uint8)
    cells = Cells(
        shades, 0.0, seconds / n_columns, np.asarray(band_edges, np.float32), even=False, palette=DIVERGING, low=-most, high=most,
        unit=UNIT,
    )  # fmt: skip
    return Panel(log_mel.axis, [cells], share)
