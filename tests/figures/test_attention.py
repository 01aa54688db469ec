"""The map over the log-mel and below it: what is covered, what is outlined, and the axes' words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genre_core.features.spectral import LogMel
from pages.figures import panels, scene
from pages.figures.attention import MOST_COVERED, UNIT, listened_panel, weights_panel
from pages.figures.panels import Span
from tests.tiny_run import noise

TIMES = np.array([0.0, 1.02, 2.02, 3.0])
BANDS = np.array([0.0, 1000.0, 11025.0])
VALUES = np.array([[0.0, -2.0, 0.0], [0.25, 1.0, 0.0]], np.float32)
SALIENT = np.array([[False, False, False], [False, True, False]])


@pytest.fixture(scope="module")
def log_mel():
    feature = LogMel()
    span = Span(0.0, feature.hop_length / feature.sr, (0.0, 3.0))
    return panels.frequency_panel(feature.of(noise(3.0)), feature.frequencies, span, unit="dB", own_scale=True)


def test_what_mattered_is_clear_and_the_rest_is_covered(log_mel):
    panel = listened_panel(log_mel, VALUES, SALIENT, TIMES, BANDS)
    cells, veil = panel.layers
    assert isinstance(cells, scene.Cells)
    covered = round(255 * MOST_COVERED)
    assert veil.shades.tolist() == [[covered] * 3, [round(covered / 2), 0, covered]]  # against the genre is covered too
    assert veil.marked.tolist() == [[0, 0, 0], [0, 1, 0]]
    assert (veil.times.tolist(), veil.edges.tolist()) == (pytest.approx(TIMES), pytest.approx(BANDS))
    assert (panel.axis.title, veil.unit) == ("Frequency [Hz]", UNIT)


def test_the_weights_are_centred_on_zero_and_stand_where_the_patches_stand(log_mel):
    panel = weights_panel(log_mel, VALUES, TIMES, BANDS, share=0.8)
    (cells,) = panel.layers
    assert (cells.low, cells.high, cells.unit) == (-2.0, 2.0, "log-odds")
    at = {0.5: 0, 1.5: 1, 2.5: 2}
    for seconds, column in at.items():
        shown = cells.cells[:, int((seconds - cells.x0) / cells.dx)] / 127.5 - 1
        assert shown * 2 == pytest.approx(VALUES[:, column], abs=0.02)
    last = int(1.01 / cells.dx)  # the first patch lasts a little longer than the others
    assert cells.cells[1, last] == cells.cells[1, 0]
    assert panel.axis is log_mel.axis
    assert cells.x0 + cells.dx * cells.cells.shape[1] == pytest.approx(3.0)


def test_nothing_speaks_for_the_genre(log_mel):
    veil = listened_panel(log_mel, -np.ones((2, 3), np.float32), SALIENT, TIMES, BANDS).layers[-1]
    assert (veil.shades == round(255 * MOST_COVERED)).all()
    (cells,) = weights_panel(log_mel, np.zeros((2, 3), np.float32), TIMES, BANDS, share=1.0).layers
    assert set(cells.cells.ravel().tolist()) <= {127, 128}


def test_a_veil_is_packed_with_its_size(log_mel):
    panel = listened_panel(log_mel, VALUES, SALIENT, TIMES, BANDS)
    content = scene.pack({"panels": [scene.panel_values(panel)]})
    header = json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])
    veil = header["panels"][0]["layers"][-1]
    assert (veil["type"], veil["rows"], veil["columns"]) == ("veil", 2, 3)
    assert veil["shades"]["bytes"] == 6
