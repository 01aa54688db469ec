"""Pictures of what happens inside a net: what is drawn of which arrays, and the words on the axes."""

from __future__ import annotations

import numpy as np
import pytest

from pages.figures import inside


def words(figure) -> set[str]:
    return {axis.title.text for axis in (*figure.select_xaxes(), *figure.select_yaxes()) if axis.title.text}


def test_filters_are_drawn_strongest_and_centred_on_zero():
    values = np.random.default_rng(0).normal(size=(40, 3, 5)).astype(np.float32)
    values[7] = 0
    figure = inside.filters(values)
    assert len(figure.data) == inside.MOST_FILTERS
    assert not any(trace.hovertemplate.startswith("filter 8,") for trace in figure.data)
    assert all(trace.zmin == -trace.zmax for trace in figure.data)
    assert np.array_equal(figure.data[0].z, values[int(figure.data[0].hovertemplate.split(",")[0].split()[1]) - 1])
    assert words(figure) == {"Frequency [bands]", "Time [frames]"}
    assert [trace.showscale for trace in figure.data].count(True) == 1


def test_maps_show_the_channels_that_answer_most_on_the_segments_time():
    values = np.zeros((20, 4, 10), np.float32)
    values[[3, 11]] = 1
    values[3, 0, 0] = 5
    figure = inside.maps(values, 3.0, 6.0)
    names = [annotation.text for annotation in figure.layout.annotations]
    assert len(figure.data) == inside.MOST_CHANNELS
    assert {"channel 4", "channel 12"} <= set(names)
    assert figure.data[0].x[0] == pytest.approx(3.15)
    assert figure.data[0].x[-1] == pytest.approx(5.85)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 5)
    assert words(figure) == {"Time [s]", "Frequency [rows]"}


def test_one_channel_alone_is_drawn():
    assert len(inside.maps(np.ones((1, 1, 1), np.float32), 0.0, 1.0).data) == 1
    assert len(inside.filters(np.ones((1, 3, 3), np.float32)).data) == 1


def test_states_over_time_the_liveliest_on_top():
    values = np.zeros((80, 30), np.float32)
    values[5] = np.sin(np.arange(30))
    values[6] = 9.0  # large, but it never moves
    figure = inside.sequence(values, 0.0, 3.0)
    (heat,) = figure.data
    assert (heat.y[0], len(heat.y)) == ("unit 6", inside.MOST_UNITS)
    assert (heat.zmin, heat.zmax) == (-9, 9)
    assert words(figure) == {"Time [s]", "Units, the liveliest on top"}


def test_units_segment_by_segment():
    values = np.array([[0.0, 0.0], [3.0, 1.0], [1.0, 1.0]], np.float32)
    figure = inside.units(values, np.array([0.0, 3.0, 6.0]))
    (heat,) = figure.data
    assert list(heat.y) == ["unit 2", "unit 3", "unit 1"]
    assert np.array_equal(heat.z[0], [3, 1])
    assert list(heat.x) == [0, 3, 6]
    assert words(figure) == {"Time [s]", "Units, the strongest on top"}


def test_columns_by_units():
    figure = inside.columns(np.array([[1.0, 0.0], [0.0, -3.0]], np.float32), ["tempo", "rms_mean"])
    (heat,) = figure.data
    assert list(heat.y) == ["tempo", "rms_mean"]
    assert list(heat.x) == ["unit 2", "unit 1"]
    assert heat.z.tolist() == [[0, 1], [-3, 0]]
    assert words(figure) == {"Units of the first layer", "Column"}


def test_tags_over_time():
    figure = inside.tags(["rock", "pop"], np.array([[0.9, 0.1], [0.2, 0.3]]), np.array([0.0, 3.0, 5.5]))
    (heat,) = figure.data
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert list(heat.x) == [0, 3, 5.5]
    assert figure.layout.yaxis.autorange == "reversed"
    assert words(figure) == {"Time [s]", "Tag"}
