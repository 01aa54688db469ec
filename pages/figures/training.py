"""Learning curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.figures.theme import ACCENT, EXTENDED_COLOURS, NEUTRAL, WARM, styled

History = Sequence[Mapping[str, Any]]
_PANELS = (("loss", "Loss [nats]", "%{y:.3f}"), ("accuracy", "Accuracy of segments", "%{y:.1%}"))


def learning(history: History, *, epochs: int | None = None, height: int = 320) -> go.Figure:
    """Loss and accuracy of train and valid by epoch, the best epoch marked.

    Parameters
    ----------
    history : sequence of mapping
        One entry an epoch: epoch, loss, accuracy, valid_loss, valid_accuracy.
    epochs : int or None
        How far the training may go: the axis is drawn that long from the first epoch on.
    """
    fig = make_subplots(rows=1, cols=2, horizontal_spacing=0.17)
    for column, (key, title, form) in enumerate(_PANELS, 1):
        for name, colour, prefix in (("train", ACCENT, ""), ("valid", WARM, "valid_")):
            points = [(entry["epoch"], entry[prefix + key]) for entry in history if entry.get(prefix + key) is not None]
            _line(fig, points, name, colour, form, column=column)
        fig.update_yaxes(title_text=title, row=1, col=column)
    styled(fig, height=height, x="Epoch", legend=True)
    for column, (_, title, _) in enumerate(_PANELS, 1):
        fig.update_yaxes(title_text=title, showgrid=True, row=1, col=column)
    fig.update_yaxes(tickformat=".0%", row=1, col=2)
    last = max([entry["epoch"] for entry in history], default=1)
    fig.update_xaxes(range=[0.5, max(last, min(epochs or last, 2 * last + 8)) + 0.5], tickformat="d")
    best = best_epoch(history)
    if best is not None:
        for column in (1, 2):
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
    """Valid loss and accuracy of several runs on the same axes, train dotted.

    Parameters
    ----------
    histories : mapping
        Title of each run to its history.
    """
    fig = make_subplots(rows=1, cols=2, horizontal_spacing=0.17)
    colours = (ACCENT, WARM, *EXTENDED_COLOURS)
    for index, (name, history) in enumerate(histories.items()):
        colour = colours[index % len(colours)]
        for column, (key, _, form) in enumerate(_PANELS, 1):
            for prefix, dash in (("", "dot"), ("valid_", "solid")):
                points = [(entry["epoch"], entry[prefix + key]) for entry in history if entry.get(prefix + key) is not None]
                label = f"{name}, {'valid' if prefix else 'train'}"
                _line(fig, points, label, colour, form, column=column, dash=dash)
    styled(fig, height=height, x="Epoch", legend=True)
    for column, (_, title, _) in enumerate(_PANELS, 1):
        fig.update_yaxes(title_text=title, showgrid=True, row=1, col=column)
    fig.update_yaxes(tickformat=".0%", row=1, col=2)
    fig.update_xaxes(tickformat="d")
    return fig


def best_epoch(history: History) -> int | None:
    """Epoch of the least valid loss: the weights that the run keeps."""
    judged = [entry for entry in history if entry.get("valid_loss") is not None]
    return int(min(judged, key=lambda entry: entry["valid_loss"])["epoch"]) if judged else None


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
