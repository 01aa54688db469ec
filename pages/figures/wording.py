"""The words of a picture: said in another language, or in other words, after it was drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import plotly.graph_objects as go

Words: TypeAlias = Callable[..., str]
"""`words(template, **values)`: a phrase with its values put in. `str.format` says it as it is."""

_MARKED = re.compile(r"(<b>)?([●○■◆✕▶·— ]*)(.*?)(</b>)?(<extra>.*</extra>)?", re.DOTALL)
"""A phrase between the marks of a picture: bold type, a sign, the box beside a tooltip."""


def reword(figure: go.Figure, words: Words) -> None:
    """Say titles of axes, names of traces, notes, buttons and tooltips in other words, each as a whole."""
    layout = figure.layout
    parts = [axis.title for axis in (*figure.select_xaxes(), *figure.select_yaxes())]
    parts += layout.annotations
    parts += [trace.colorbar.title for trace in figure.data if trace.type == "heatmap"]
    for part in parts:
        if part.text:
            part.text = _said(part.text, words)
    for button in (button for menu in layout.updatemenus for button in menu.buttons):
        button.label = _said(button.label, words)
    for trace in figure.data:
        if trace.name:
            trace.name = _said(trace.name, words)
        if trace.type != "contour" and trace.hovertemplate:
            trace.hovertemplate = _said(trace.hovertemplate, words)


def _said(text: str, words: Words) -> str:
    match = _MARKED.fullmatch(text)
    if match is None or not match[3]:
        return text
    bold, sign, phrase, end, box = (part or "" for part in match.groups())
    return f"{bold}{sign}{words(phrase)}{end}{box}"
