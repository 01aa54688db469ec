"""A picture in other words: titles, names, notes, buttons and tooltips are said, what the picture is made of stays."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from pages.figures.theme import chart
from pages.figures.wording import reword


@pytest.fixture
def drawn() -> go.Figure:
    line = {"type": "scatter", "mode": "lines", "name": "the tone", "x": ["none", "left"], "y": [1, 2]}
    tooltip = {"hovertemplate": "%{fullData.name} at %{x}<extra>blues</extra>"}
    level = {"type": "heatmap", "z": [[1]], "colorbar": {"title": {"text": "Level [dB]"}}, "hoverinfo": "none"}
    figure = chart(
        [{**line, **tooltip}, {"type": "contour", "z": [[1]]}, level],
        height=200,
        x="Time [s]",
        xaxis2={"title": {"text": "Epochs"}},
        annotations=[{"text": "<b>● the tone</b>"}, {"text": "✕ lowest"}, {"text": "0.25"}, {"text": "·"}],
    )
    figure.layout.updatemenus = [{"type": "buttons", "buttons": [{"label": "▶ Play", "method": "animate"}]}]
    return figure


def test_every_word_is_asked_for_without_its_marks_and_put_back_between_them(drawn):
    reword(drawn, lambda phrase: phrase.upper() if "%" not in phrase else "um %{x}: %{fullData.name}")
    layout, line = drawn.layout, drawn.data[0]
    assert (layout.xaxis.title.text, layout.xaxis2.title.text, layout.yaxis.title.text) == ("TIME [S]", "EPOCHS", None)
    assert [note.text for note in layout.annotations] == ["<b>● THE TONE</b>", "✕ LOWEST", "0.25", "·"]
    assert layout.updatemenus[0].buttons[0].label == "▶ PLAY"
    assert (line.name, line.hovertemplate) == ("THE TONE", "um %{x}: %{fullData.name}<extra>blues</extra>")
    assert drawn.data[2].colorbar.title.text == "LEVEL [DB]"


def test_what_a_picture_is_made_of_is_no_phrase(drawn):
    before = drawn.to_plotly_json()["data"][0]["x"]
    reword(drawn, lambda phrase: "rien")
    assert drawn.data[2].hoverinfo == "none"
    assert (drawn.data[0].mode, list(drawn.data[0].x)) == ("lines", list(before))


def test_words_that_say_the_same_change_nothing(drawn):
    same = go.Figure(drawn)
    reword(drawn, str)
    assert drawn == same
