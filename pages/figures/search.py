"""A search of settings: trial by trial, what mattered, and one setting against the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from genre_core.training.search_record import COMPLETE, FAILED, PRUNED, SearchRecord, TrialRecord
from pages.figures.theme import ACCENT, FAINT, NEUTRAL, WARM, styled

_ENDS = {PRUNED: ("given up early", "x-thin"), FAILED: ("failed", "triangle-down")}
_FORMS = {"log_loss": "", "accuracy": ".2~%"}
"""Of the axis' numbers: as many places as it takes to tell its ticks apart."""
FEW = 10
"""So many whole numbers each have a tick."""


def history(record: SearchRecord, *, height: int = 330) -> go.Figure:
    """Score of every trial, the best so far as a line, the settings as they were dotted; what has no score stands at the edge."""
    fig = go.Figure()
    found, metric = record.finished, record.judged_by
    scores = [trial.score or 0.0 for trial in found]
    line = record.best_so_far()
    fig.add_trace(
        go.Scatter(
            x=[number for number, _ in line],
            y=[score for _, score in line],
            name="best so far",
            mode="lines",
            line={"color": WARM, "width": 3, "shape": "hv"},
            hoverinfo="skip",
        )
    )
    fig.add_trace(
        go.Scatter(
            x=[trial.number for trial in found],
            y=scores,
            name="a trial",
            mode="markers",
            marker={"color": ACCENT, "size": 10},
            text=[_told(trial, record) for trial in found],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    edge = _worst(scores, lower_is_better=metric.lower_is_better)
    for state, (words, symbol) in _ENDS.items():
        if ended := [trial for trial in record.trials if trial.state == state]:
            fig.add_trace(
                go.Scatter(
                    x=[trial.number for trial in ended],
                    y=[edge] * len(ended),
                    name=words,
                    mode="markers",
                    marker={"color": NEUTRAL, "size": 10, "symbol": symbol, "line": {"color": NEUTRAL, "width": 2}},
                    text=[_told(trial, record) for trial in ended],
                    hovertemplate="%{text}<extra></extra>",
                    cliponaxis=False,
                )
            )
    styled(fig, height=height, x="Trial", y=metric.title, legend=True)
    last = max([trial.number for trial in record.trials], default=1)
    fig.update_xaxes(range=[0.4, max(last, 2) + 0.6], tickformat="d", dtick=1 if last <= FEW else None)
    fig.update_yaxes(showgrid=True, tickformat=_FORMS[record.metric])
    if (first := record.as_it_was) is not None:
        fig.add_hline(y=first.score, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
        fig.add_annotation(
            x=1, y=first.score, xref="paper", text="as it was", showarrow=False, xanchor="right", yanchor="bottom", yshift=1
        )
    return fig


def importance(shares: Mapping[str, float], titles: Mapping[str, str], *, height: int = 0) -> go.Figure:
    """Share of each setting in what told good trials from the others, largest on top.

    Parameters
    ----------
    shares : mapping
        Parameter name -> its share, 0 to 1.
    titles : mapping
        Parameter name -> its words.
    """
    names = sorted(shares, key=lambda name: -shares[name])
    fig = go.Figure(
        go.Bar(
            y=[_short(titles.get(name, name)) for name in names],
            x=[shares[name] for name in names],
            orientation="h",
            marker={"color": [ACCENT if rank == 0 else FAINT for rank in range(len(names))]},
            text=[f"{shares[name]:.0%}" for name in names],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.0%}<extra></extra>",
        )
    )
    styled(fig, height=height or 60 + 40 * len(names), x="Share in what tells good trials from others")
    fig.update_xaxes(range=[0, 1.12], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    fig.update_yaxes(autorange="reversed", ticks="")
    return fig


def slice_of(record: SearchRecord, name: str, *, height: int = 300) -> go.Figure:
    """One setting against the score, a point a trial, the winner larger and in the colour of the best."""
    dimension = next(entry for entry in record.space if entry["name"] == name)
    found = [trial for trial in record.finished if name in trial.values]
    best = record.best
    fig = go.Figure()
    for which, colour, size in ((False, ACCENT, 10), (True, WARM, 16)):
        chosen = [trial for trial in found if (trial == best) == which]
        fig.add_trace(
            go.Scatter(
                x=[_place(trial.values[name], dimension) for trial in chosen],
                y=[trial.score for trial in chosen],
                name="the best" if which else "a trial",
                mode="markers",
                marker={"color": colour, "size": size, "opacity": 1.0 if which else 0.75},
                text=[_told(trial, record) for trial in chosen],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    styled(fig, height=height, x=dimension["title"], y=record.judged_by.title)
    fig.update_yaxes(showgrid=True, tickformat=_FORMS[record.metric])
    if dimension["choices"]:
        order = [str(choice) for choice in dimension["choices"]]
        fig.update_xaxes(type="category", categoryorder="array", categoryarray=order, range=[-0.5, len(order) - 0.5])
    elif dimension["log"]:
        fig.update_xaxes(type="log", exponentformat="power")
    elif found and all(isinstance(trial.values[name], int) for trial in found):
        tried = [trial.values[name] for trial in found]
        fig.update_xaxes(tickformat="d", dtick=1 if max(tried) - min(tried) <= FEW else None)
    return fig


def _place(value: Any, dimension: Mapping[str, Any]) -> Any:
    return str(value) if dimension["choices"] else value


def _worst(scores: Sequence[float], *, lower_is_better: bool) -> float:
    """A little beyond the worst score: where trials without one stand."""
    if not scores:
        return 1.0 if lower_is_better else 0.0
    low, high = min(scores), max(scores)
    room = 0.12 * (high - low) or 0.05 * abs(high) or 0.05
    return high + room if lower_is_better else low - room


def _told(trial: TrialRecord, record: SearchRecord) -> str:
    words = record.judged_by.words(trial.score) if trial.score is not None else _ENDS[trial.state][0]
    ended = "" if trial.state == COMPLETE or not trial.epochs else f" after {trial.epochs} epochs"
    values = [f"{entry['title']}: {_said(trial.values.get(entry['name']))}" for entry in record.space]
    return "<br>".join([f"<b>trial {trial.number}: {words}{ended}</b>", *values])


def _said(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= 28 else f"{text[:27]}…"
