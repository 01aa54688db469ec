import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio import Clip
from genre_core.features.spectral import LogMel, Mfcc, Spectrogram
from pages.figures import alike, panels, scene
from pages.figures.panels import Span

SR = 22050


@pytest.fixture(scope="module")
def tone():
    time = np.arange(30 * SR) / SR
    return Clip((0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32), SR, "tone")


def span_of(feature, seconds: float, visible: tuple[float, float] | None = None) -> Span:
    return Span(0.0, feature.hop_length / feature.sr, visible or (0.0, seconds))


def unpacked(content: bytes) -> tuple[dict, bytes]:
    length = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + length]), content[4 + length :]


def row_at(layer: scene.Cells, hertz: float) -> int:
    return int(np.searchsorted(layer.edges, hertz) - 1)


@pytest.mark.parametrize("feature", [Spectrogram(), Spectrogram(scale="linear"), LogMel()], ids=["dB", "linear", "mel"])
@pytest.mark.parametrize("look", [{}, {"log_frequency": True}, {"own_scale": True}], ids=["linear axis", "log axis", "own axis"])
def test_a_tone_is_brightest_in_its_row(tone, feature, look):
    panel = panels.frequency_panel(feature.of(tone), feature.frequencies, span_of(feature, 30.0), unit=feature.value_unit, **look)
    (layer,) = panel.layers
    assert row_at(layer, 440.0) == pytest.approx(int(layer.cells.mean(axis=1).argmax()), abs=1)
    assert layer.cells.max() == 255
    assert panel.axis.title == "Frequency [Hz]"
    assert (panel.axis.edges is not None) == ("own_scale" in look)


@pytest.mark.parametrize("scale", ["dB", "linear"])
def test_any_spectrogram_is_a_screen_of_bytes(tone, scale):
    feature = Spectrogram(scale=scale, n_fft=4096, hop_length=128)
    panel = panels.frequency_panel(feature.of(tone), feature.frequencies, span_of(feature, 30.0), unit=feature.value_unit)
    (layer,) = panel.layers
    assert layer.cells.shape[0] <= panels.MAX_ROWS
    assert layer.cells.shape[1] <= panels.MAX_COLUMNS
    assert len(scene.pack({"panels": [scene.panel_values(panel)]})) < 300_000


def test_a_click_survives_the_reduction():
    y = np.zeros(30 * SR, np.float32)
    y[10 * SR] = 1.0
    feature = Spectrogram(hop_length=64)
    (layer,) = panels.frequency_panel(feature.of(Clip(y, SR)), feature.frequencies, span_of(feature, 30.0), unit="dB").layers
    column = int(layer.cells.max(axis=0).argmax())
    assert layer.x0 + (column + 0.5) * layer.dx == pytest.approx(10, abs=0.1)


def test_what_is_looked_at_closely_comes_frame_by_frame(tone):
    feature = Spectrogram(hop_length=128)
    span = span_of(feature, 30.0, (10.0, 12.0))
    (layer,) = panels.frequency_panel(feature.of(tone), feature.frequencies, span, unit="dB").layers
    assert layer.dx == pytest.approx(128 / SR)
    assert layer.x0 <= 9.1
    assert layer.x0 + layer.dx * layer.cells.shape[1] >= 12.9
    assert layer.cells.shape[1] < 4.2 * SR / 128


@settings(max_examples=60)
@given(st.integers(1, 5000), st.floats(0, 60), st.floats(0.001, 60), st.floats(-5, 5))
def test_columns_lie_inside_and_hold_all_that_is_visible(n_frames, start, length, begin):
    span = Span(begin, 0.01, (start, start + length))
    first, stop = span.columns(n_frames)
    assert 0 <= first < stop <= n_frames
    times = begin + 0.01 * np.arange(n_frames)
    wanted = np.flatnonzero((times >= start) & (times <= start + length))
    assert all(first <= frame < stop for frame in wanted)


@settings(max_examples=30)
@given(n_rows=st.integers(2, 5000), log_frequency=st.booleans())
def test_shown_rows_are_never_empty_and_end_at_the_last(n_rows, log_frequency):
    bounds = panels.row_bounds(np.linspace(0, 11025, n_rows), panels.MAX_ROWS, log_frequency=log_frequency)
    assert (np.diff(bounds) > 0).all()
    assert bounds[-1] == n_rows
    assert 2 <= len(bounds) <= panels.MAX_ROWS + 2


@pytest.mark.parametrize("feature", [Spectrogram(), Spectrogram(scale="linear")])
def test_silence_draws(feature):
    values = feature.of(Clip(np.zeros(SR, np.float32), SR))
    (layer,) = panels.frequency_panel(values, feature.frequencies, span_of(feature, 1.0), unit=feature.value_unit).layers
    assert np.ptp(layer.cells) == 0


def test_coefficients_are_centred_each_in_its_own_proportion(tone):
    feature = Mfcc(n_mfcc=5)
    panel = panels.rows_panel(
        feature.of(tone), feature.rows, span_of(feature, 30.0), title="MFCC", unit="", signed=True, each_row=True
    )
    (layer,) = panel.layers
    assert (layer.low, layer.high, layer.names) == (-100, 100, feature.rows)
    extremes = np.maximum(layer.cells.max(axis=1) - 127.5, 127.5 - layer.cells.min(axis=1))
    assert (extremes > 80).all()  # columns are means of two frames
    assert [name for _, name in panel.axis.ticks] == list(feature.rows)


def test_one_scale_for_all_rows_where_their_sizes_mean_something():
    values = np.array([[0.0, 1.0], [0.0, 0.25]], np.float32)
    (layer,) = panels.rows_panel(values, ("C", "D"), Span(0, 1, (0, 2)), title="Pitch class", unit="", signed=False).layers
    assert layer.cells[:, 1].tolist() == [255, 64]


def test_the_difference_of_a_picture_with_itself_is_none_and_of_a_louder_one_positive():
    low, high = np.full((4, 10), 0.0, np.float32), np.full((4, 10), 0.0, np.float32)
    high[2, 5], low[1, 3] = 40.0, 20.0
    span, rows = Span(0, 0.1, (0, 1)), np.array([100.0, 200.0, 300.0, 400.0])
    both = [panels.frequency_panel(values, rows, span, unit="share") for values in (high, low)]
    (first,), (second,) = (panel.layers for panel in both)
    (same,) = alike.difference(both[0], first, first).layers
    assert np.ptp(same.cells) == 0
    (other,) = alike.difference(both[0], first, second).layers
    assert other.cells[2, 5] == 255
    assert other.cells[1, 3] == 64
    assert (other.low, other.high) == (-40, 40)


def test_pictures_to_compare_have_the_same_colours_for_the_same_values():
    span, rows = Span(0, 0.1, (0, 1)), np.array([100.0, 200.0])
    soft, loud = (np.linspace(top - 60, top, 20, dtype=np.float32).reshape(2, 10) for top in (0.0, 30.0))
    pictures = [(panels.frequency_panel(values, rows, span, unit="dB"),) for values in (soft, loud)]
    (first,), (second,) = (picture[0].layers for picture in alike.alike(pictures))
    assert (first.low, first.high) == (second.low, second.high) == (-80, 30)
    for layer, values in ((first, soft), (second, loud)):
        np.testing.assert_allclose(layer.low + layer.cells * (110 / 255), values, atol=0.5)


def test_rows_of_their_own_scale_are_compared_on_a_common_one():
    values = np.array([[1.0, -1.0], [10.0, 5.0]], np.float32)
    span = Span(0, 1, (0, 2))
    pictures = [
        (panels.rows_panel(part, ("a", "b"), span, title="", unit="", signed=True, each_row=True),)
        for part in (values, 2 * values)
    ]
    (first,), (second,) = (picture[0].layers for picture in alike.alike(pictures))
    np.testing.assert_allclose(first.cells[0] - 127.5, [64, -64], atol=1)
    np.testing.assert_allclose(second.cells[0] - 127.5, [127.5, -127.5], atol=1)
    np.testing.assert_array_equal(first.scales, second.scales)


def test_decibels_are_drawn_as_the_feature_counts_them(tone):
    feature = Spectrogram()
    values = feature.of(tone)
    (layer,) = panels.frequency_panel(values, feature.frequencies, span_of(feature, 30.0), unit="dB").layers
    assert (layer.unit, layer.high) == ("dB", float(values.max()))
    assert layer.high - layer.low == panels.RANGE_DB


def test_a_line_keeps_its_gaps_and_its_times():
    values = np.arange(5000, dtype=np.float32)
    values[100:200] = np.nan
    span = Span(0.0, 0.01, (0.0, 50.0))
    line = panels.line(values, span, name="f", colour="#000000")
    assert len(line.values) <= panels.MAX_COLUMNS
    assert np.isnan(line.values).any()
    places = line.x0 + line.dx * np.arange(len(line.values))
    known = np.isfinite(line.values)
    np.testing.assert_allclose(line.values[known][:-1], 100 * places[known][:-1], atol=0.5)


@settings(max_examples=60)
@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4))
def test_ticks_are_round_numbers_inside(low, length):
    high = low + length
    ticks = scene.value_ticks(low, high)
    assert 2 <= len(ticks) <= 12
    assert all(low - 1e-6 * length <= value <= high + 1e-6 * length for value, _ in ticks)
    assert all(a < b for (a, _), (b, _) in pairwise(ticks))


def test_arrays_are_found_where_the_header_says():
    cells, line = np.arange(6, dtype=np.uint8).reshape(2, 3), np.array([1.5, -2.0], np.float32)
    header, arrays = unpacked(scene.pack({"a": [cells], "b": {"c": line}, "d": np.float64(2.5), "e": None}))
    place = header["b"]["c"]
    assert place["kind"] == "f32"
    np.testing.assert_array_equal(np.frombuffer(arrays, "<f4", 2, place["$at"]), line)
    assert arrays[header["a"][0]["$at"] :][: header["a"][0]["bytes"]] == cells.tobytes()
    assert (header["d"], header["e"]) == (2.5, None)
