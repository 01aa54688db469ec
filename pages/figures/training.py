"""Learning curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.figures.theme import ACCENT, EXTENDED_COLOURS, NEUTRAL, WARM, styled

History = Sequence[Mapping[str, Any]]


class _Panel(NamedTuple):
    """A number of the history: its key, words for the axis, how it is spoken and how its axis counts."""

    key: str
    title: str
    form: str
    ticks: str = ""


FEW_EPOCHS = 8
"""Of so few each has a tick, and no half ones stand between them."""

_LEARNING = (_Panel("loss", "Loss [nats]", "%{y:.3f}"), _Panel("accuracy", "Accuracy of segments", "%{y:.1%}", ".2~%"))
_DRAWING = (_Panel("error", "Reconstruction error [variances]", "%{y:.3f}"),)
"""Of an autoencoder: the mean square of what its picture lies off, where each band's variance is 1."""


def learning(history: History, *, epochs: int | None = None, height: int = 320) -> go.Figure:
    """Loss and accuracy of train and valid by epoch, or an autoencoder's error; the best epoch is marked.

    Parameters
    ----------
    history : sequence of mapping
        One entry an epoch: epoch, loss, accuracy, valid_loss, valid_accuracy; of an autoencoder epoch, error, valid_error.
    epochs : int or None
        How far the training may go: the axis is drawn that long from the first epoch on.
    """
    panels = _panels([history])
    fig = make_subplots(rows=1, cols=len(panels), horizontal_spacing=0.17)
    for column, panel in enumerate(panels, 1):
        for name, colour, prefix in (("train", ACCENT, ""), ("valid", WARM, "valid_")):
            _line(fig, _points(history, prefix + panel.key), name, colour, panel.form, column=column)
    _axes(fig, panels, height=height)
    last = max([entry["epoch"] for entry in history], default=1)
    shown = max(last, min(epochs or last, 2 * last + 8))
    fig.update_xaxes(range=[0.5, shown + 0.5], tickformat="d", dtick=1 if shown <= FEW_EPOCHS else None)
    best = best_epoch(history)
    if best is not None:
        for column in range(1, len(panels) + 1):
            fig.add_vline(x=best, line={"color": NEUTRAL, "width": 1, "dash": "dot"}, row=1, col=column)
        fig.add_annotation(
            x=best,
            y=1,
            yref="y domain",
            xref="x",
            text=f"best: epoch {best}",
            showarrow=False,
            xanchor="right" if best > 0.6 * last else "left",
            xshift=-5 if best > 0.6 * last else 5,
            yanchor="top",
        )
    return fig


def overlay(histories: Mapping[str, History], *, height: int = 320) -> go.Figure:
    """Valid loss and accuracy of several runs on the same axes, train dotted; autoencoders are overlaid by their errors.

    Parameters
    ----------
    histories : mapping
        Title of each run to its history; one without epochs has no lines.
    """
    panels = _panels(histories.values())
    fig = make_subplots(rows=1, cols=len(panels), horizontal_spacing=0.17)
    colours = (ACCENT, WARM, *EXTENDED_COLOURS)
    for index, (name, history) in enumerate(histories.items()):
        colour = colours[index % len(colours)]
        for column, panel in enumerate(panels, 1):
            for prefix, dash in (("", "dot"), ("valid_", "solid")):
                if points := _points(history, prefix + panel.key):
                    label = f"{name}, {'valid' if prefix else 'train'}"
                    _line(fig, points, label, colour, panel.form, column=column, dash=dash)
    _axes(fig, panels, height=height)
    last = max([entry["epoch"] for history in histories.values() for entry in history], default=1)
    fig.update_xaxes(tickformat="d", dtick=1 if last <= FEW_EPOCHS else None)
    return fig


def _panels(histories: Iterable[History]) -> tuple[_Panel, ...]:
    keys = {key for history in histories for entry in history for key in entry}
    return _DRAWING if "error" in keys and "loss" not in keys else _LEARNING


def _points(history: History, key: str) -> list[tuple[int, float]]:
    return [(entry["epoch"], entry[key]) for entry in history if entry.get(key) is not None]


def _axes(fig: go.Figure, panels: Sequence[_Panel], *, height: int) -> None:
    styled(fig, height=height, x="Epoch", legend=True)
    for column, panel in enumerate(panels, 1):
        fig.update_yaxes(title_text=panel.title, showgrid=True, tickformat=panel.ticks, row=1, col=column)


def best_epoch(history: History) -> int | None:
    """Epoch of the least valid loss, or valid error: the weights that the run keeps."""
    for key in ("valid_loss", "valid_error"):
        judged = _points(history, key)
        if judged:
            return int(min(judged, key=lambda point: point[1])[0])
    return None


def _line(
    fig: go.Figure, points: Sequence[tuple[int, float]], name: str, colour: str, form: str, *, column: int, dash: str = "solid"
) -> None:
    fig.add_trace(
        go.Scatter(
            x=[point[0] for point in points],
            y=[point[1] for point in points],
            name=name,
            legendgroup=name,
            showlegend=column == 1,
            mode="lines+markers" if len(points) < 40 else "lines",
            line={"color": colour, "width": 2, "dash": dash},
            marker={"size": 5},
            hovertemplate=f"epoch %{{x}}, {name} {form}<extra></extra>",
        ),
        row=1,
        col=column,
    )
