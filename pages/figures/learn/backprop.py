"""Pictures of the third lesson: a small net with its numbers on nodes and lines, and what a loss does when weights move."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre_core.teaching.trail import Step
from pages.figures.learn.marks import ROOM_ABOVE, named
from pages.figures.theme import ACCENT, NEUTRAL, WARM, chart, faded

HALF_WIDTH, HALF_HEIGHT = 0.175, 0.34
"""Of a node, in the picture's own units: layers are 1 apart, hidden neurons 1."""
GAP = 0.1
"""A line is open for its number, so far to either side, across."""


def small_net(
    numbers: Mapping[str, float],
    titles: Mapping[str, str],
    *,
    right: int,
    known: Collection[str] = (),
    now: str = "",
    uses: Collection[str] = (),
    height: int = 330,
) -> go.Figure:
    """Draw a net of two features, three hidden neurons and two genres, with the numbers that are known by now.

    Parameters
    ----------
    numbers : mapping
        Every number of a walk by its name: `x_1`, `w1_12`, `h_3`, `p_1`, `L`, slopes as `d_w1_12`, new weights as `w1_12_after`.
    titles : mapping
        Words above the inputs and the genres, by `x_1`, `x_2`, `p_1`, `p_2`.
    right : int
        Index of the right genre, whose probability the loss looks at.
    known : collection of str
        Names of the numbers that have been computed; features and weights are always shown.
    now, uses : str, collection of str
        The number that is being computed, in orange, and what it is made of, in teal.
    """
    lit = {_place(name) for name in uses}
    current = _place(now) if now else ""
    places = _places()
    traces, notes = [], []
    for name, (start, end) in _lines().items():
        colour, width = _pen(name, current, lit, thin=0.8 + min(4.0, 2.2 * abs(numbers[name])))
        value, prefix = _on_line(name, numbers, known, uses)
        at = _opening(places[start], places[end])
        traces.append(_broken(places[start], places[end], at, colour, width))
        notes.append(_note(at[0], at[1], f"{prefix}{_short(value)}", bold=name in (current, *lit), colour=_ink(name, current)))
    traces.append(_broken(places[f"p_{right + 1}"], places["L"], None, *_pen("L", current, lit, thin=1.2)))
    boxes = []
    for name, (x, y) in places.items():
        colour, width = _pen(name, current, lit, thin=1.2)
        boxes.append(_box(x, y, colour, width, strong=name == current))
        words = [f"{word} {_short(value)}" for word, value in _in_node(name, numbers, known, {now, *uses})]
        notes.append(_note(x, y, "<br>".join(words) or "?", bold=name == current, colour=_ink(name, current)))
        if name in titles:
            notes.append(_note(x, y + HALF_HEIGHT + 0.14, titles[name], bold=True))
        bias = {"h": "b1", "p": "b2"}.get(name[0])
        if bias is not None:
            which = f"{bias}_{name[2:]}"
            value, prefix = _on_line(which, numbers, known, uses)
            words = f"{prefix or 'b '}{_short(value)}"
            notes.append(_note(x, y - HALF_HEIGHT - 0.12, words, bold=which in (current, *lit), colour=_ink(which, current)))
    hidden = {"visible": False, "fixedrange": True}
    return chart(
        traces,
        height=height,
        xaxis={**hidden, "range": [-0.25, 3.0]},
        yaxis={**hidden, "range": [-1.62, 1.45]},
        shapes=boxes,
        annotations=notes,
        margin={"l": 0, "r": 0, "t": 2, "b": 2},
        dragmode=False,
        hovermode=False,
    )


def stepped(steps: Sequence[Step], at: int) -> dict[str, Any]:
    """What `small_net` shows after a step of a walk: all that is known by then, the step's number, and what it is made of."""
    step = steps[at]
    return {"known": {each.name for each in steps[: at + 1]}, "now": step.name, "uses": step.uses}


def surprise(p: float, loss: float, tried: float, *, height: int = 330) -> go.Figure:
    """The loss over the probability that the right genre got: the net's, and the one that is tried.

    Parameters
    ----------
    p, loss : float
        Of the net [1, nat].
    tried : float
        Probability to try, above 0.
    """
    at = np.linspace(0.005, 1, 200)
    here = -float(np.log(tried))
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x],
            "y": [y],
            "marker": {"size": 15, "color": colour},
            "hovertemplate": "%{x:.0%}: %{y:.2f} nat<extra></extra>",
        }
        for x, y, colour in ((p, loss, ACCENT), (tried, here, WARM))
    ]
    return chart(
        [_curve(at, -np.log(at), NEUTRAL), *dots],
        height=height,
        x="Probability of the right genre",
        y="Loss [nat]",
        xaxis={"range": [0, 1.01], "tickformat": ".0%"},
        yaxis={"range": [-0.15, max(5.4, 1.1 * min(loss, 40.0))]},
        annotations=[
            named(0.01, "● the net", ACCENT),
            named(0.99, "● what you try", WARM, anchor="right"),
        ],
        margin=ROOM_ABOVE,
    )


def nudged(
    values: np.ndarray, losses: np.ndarray, here: tuple[float, float], there: tuple[float, float], slope: float, *,
    name: str, height: int = 330,
) -> go.Figure:  # fmt: skip
    """The loss over one weight, where it stands and where a nudge takes it; the slope as a line, and the line through both.

    Parameters
    ----------
    values, losses : np.ndarray
        The curve, shape (n,) each [1, nat].
    here, there : (float, float)
        Weight and loss as they are, and after the nudge.
    slope : float
        What came back through the net: loss gained for each 1 of the weight.
    name : str
        Of the weight, in words.
    """
    ends = np.array([values[0], values[-1]])
    through = (there[1] - here[1]) / (there[0] - here[0])
    lines = [
        _curve(ends, here[1] + slope * (ends - here[0]), ACCENT, width=2, dash="dash"),
        _curve(ends, here[1] + through * (ends - here[0]), WARM, width=2),
    ]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [here[0], there[0]],
        "y": [here[1], there[1]],
        "marker": {"size": 13, "color": [ACCENT, WARM]},
        "hovertemplate": "weight %{x:.2f}: %{y:.3f} nat<extra></extra>",
    }
    low, high = float(losses.min()), float(losses.max())
    room = 0.15 * max(high - low, 0.02)
    return chart(
        [_curve(values, losses, NEUTRAL, width=3), *lines, dots],
        height=height,
        x=name,
        y="Loss [nat]",
        xaxis={"range": [float(values[0]), float(values[-1])]},
        yaxis={"range": [low - room, high + room]},
        annotations=[
            named(0.01, "slope from going back (dashed)", ACCENT),
            named(0.99, "slope by nudging", WARM, anchor="right"),
        ],
        margin=ROOM_ABOVE,
    )


def side_by_side(ours: Mapping[str, float], theirs: Mapping[str, float], *, height: int = 330) -> go.Figure:
    """The slope of each weight as it was walked here, a dot, and as Keras has it, a ring."""
    marks = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": who,
            "x": [_symbol(each) for each in values],
            "y": list(values.values()),
            "marker": marker,
            "hovertemplate": "%{fullData.name}, %{x}: %{y:.12f}<extra></extra>",
        }
        for who, values, marker in (
            ("here", ours, {"size": 9, "color": ACCENT}),
            ("Keras", theirs, {"size": 17, "symbol": "circle-open", "color": WARM, "line": {"width": 2.5, "color": WARM}}),
        )
    ]
    return chart(
        marks,
        height=height,
        x="Weight or bias",
        y="Slope of the loss [nat]",
        xaxis={"type": "category"},
        yaxis={"zeroline": True, "zerolinewidth": 1, "zerolinecolor": NEUTRAL},
        annotations=[named(0.01, "● walked here", ACCENT), named(0.99, "○ Keras", WARM, anchor="right")],
        margin=ROOM_ABOVE,
    )


def by_rate(
    rates: np.ndarray,
    losses: Mapping[str, np.ndarray],
    chosen: int,
    before: Mapping[str, float],
    *,
    height: int = 330,
) -> go.Figure:
    """The loss after one step over the learning rate: of the song that is learned, and of another.

    Parameters
    ----------
    rates : np.ndarray
        Shape (n,).
    losses : mapping
        Song, in words -> its loss after a step of each rate [nat], shape (n,); the one that is learned first.
    chosen : int
        Index of the reader's rate.
    before : mapping
        Loss of the same songs before the step [nat].
    """
    colours = dict(zip(losses, (ACCENT, WARM), strict=False))
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [rates[chosen]] * len(losses),
        "y": [float(values[chosen]) for values in losses.values()],
        "marker": {"size": 15, "color": list(colours.values())},
        "hovertemplate": "rate %{x:.2g}: %{y:.3f} nat<extra></extra>",
    }
    levels = [
        {
            "type": "line",
            "x0": 0,
            "x1": 1,
            "xref": "paper",
            "y0": level,
            "y1": level,
            "line": {"color": colours[name], "dash": "dot"},
        }
        for name, level in before.items()
    ]
    top = max(0.1, *before.values(), *(float(values[: chosen + 1].max()) for values in losses.values()))
    anchors = ("left", "right")
    return chart(
        [*(_curve(rates, values, colours[name]) for name, values in losses.items()), dots],
        height=height,
        x="Learning rate",
        y="Loss after one step [nat]",
        xaxis={"type": "log", "tickvals": [0.01, 0.1, 1, 10, 100]},
        yaxis={"range": [0, 1.25 * top]},
        shapes=levels,
        annotations=[
            named(0.01 + 0.98 * place, name, colours[name], anchor=anchors[place]) for place, name in enumerate(list(losses)[:2])
        ],
        margin=ROOM_ABOVE,
    )


def falling(losses: np.ndarray, right: np.ndarray, *, height: int = 330) -> go.Figure:
    """Loss and probability of the right genre while one track is learned, step by step; shape (n_steps + 1,) each."""
    steps = np.arange(losses.size)
    mode = "lines+markers" if losses.size < 30 else "lines"
    second = {**_curve(steps, right, WARM), "yaxis": "y2", "mode": mode, "hovertemplate": "step %{x}: %{y:.0%}<extra></extra>"}
    axis = {
        "overlaying": "y",
        "side": "right",
        "showgrid": False,
        "tickformat": ".0%",
        "tickvals": [0, 0.25, 0.5, 0.75, 1],
        "range": [0, 1.03],
        "automargin": True,
    }
    return chart(
        [{**_curve(steps, losses, ACCENT), "mode": mode, "hovertemplate": "step %{x}: %{y:.3f} nat<extra></extra>"}, second],
        height=height,
        x="Steps",
        y="Loss [nat]",
        xaxis={"range": [-0.02 * max(1, losses.size - 1), max(1, losses.size - 1)]},
        yaxis={"range": [0, 1.1 * max(0.1, float(losses.max()))]},
        yaxis2={**axis, "title": {"text": "Probability of the right genre", "standoff": 8}},
        annotations=[named(0.01, "loss", ACCENT), named(0.99, "probability of the right genre", WARM, anchor="right")],
        margin=ROOM_ABOVE,
    )


def _places() -> dict[str, tuple[float, float]]:
    """Middle of each node."""
    nodes = {"x_1": (0.0, 0.6), "x_2": (0.0, -0.6), "h_1": (1.0, 1.0), "h_2": (1.0, 0.0), "h_3": (1.0, -1.0)}
    return {**nodes, "p_1": (2.0, 0.6), "p_2": (2.0, -0.6), "L": (2.75, 0.0)}


def _lines() -> dict[str, tuple[str, str]]:
    """Nodes that each weight connects."""
    first = {f"w1_{i}{j}": (f"x_{i}", f"h_{j}") for i in (1, 2) for j in (1, 2, 3)}
    return {**first, **{f"w2_{j}{k}": (f"h_{j}", f"p_{k}") for j in (1, 2, 3) for k in (1, 2)}}


def _place(name: str) -> str:
    """Where a number of a walk is drawn: a node, a weight's line, or a bias."""
    name = name.removeprefix("d_").removesuffix("_after")
    return {"z1": "h", "z2": "p"}.get(name[:2], name[:2]) + name[2:]


def _pen(name: str, current: str, lit: set[str], *, thin: float) -> tuple[str, float]:
    if name == current:
        return WARM, max(thin, 4.0)
    if name in lit:
        return ACCENT, max(thin, 3.0)
    return NEUTRAL, thin


def _ink(name: str, current: str) -> str | None:
    return WARM if name == current else None


def _on_line(name: str, numbers: Mapping[str, float], known: Collection[str], uses: Collection[str]) -> tuple[float, str]:
    """What stands on a weight's line: itself where it is used just now, else its new value, or its slope, or itself."""
    if name in uses and f"d_{name}" not in uses:
        return numbers[name], ""
    for entry, prefix in ((f"{name}_after", "→ "), (f"d_{name}", "∂ ")):
        if entry in known:
            return numbers[entry], prefix
    return numbers[name], ""


def _in_node(name: str, numbers: Mapping[str, float], known: Collection[str], wanted: set[str]) -> list[tuple[str, float]]:
    """What stands in a node of all that is known: what is wanted just now, else the newest two."""
    index = name[1:]
    shown = {
        "x": [("x", name)],
        "h": [("z", f"z1{index}"), ("h", name), ("∂h", f"d_h{index}"), ("∂z", f"d_z1{index}")],
        "p": [("z", f"z2{index}"), ("p", name), ("∂z", f"d_z2{index}")],
        "L": [("L", "L"), ("L′", "L_after")],
    }[name[0]]
    found = [(word, entry) for word, entry in shown if entry in known or entry[0] == "x"]
    newest = found[-2:]
    kept = [pair for pair in found if pair[1] in wanted or pair in newest]
    return [(word, numbers[entry]) for word, entry in kept[-3:]]  # a node has room for three


def _opening(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Where a line's number stands: nearer to where it comes from, so that numbers do not meet."""
    share = 0.3
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _broken(
    start: tuple[float, float], end: tuple[float, float], at: tuple[float, float] | None, colour: str, width: float
) -> dict[str, Any]:
    """A line from node to node, open where its number stands, if it has one."""
    rise = (end[1] - start[1]) / (end[0] - start[0])
    opening = [] if at is None else [at[0] - GAP, None, at[0] + GAP]
    xs = [start[0] + HALF_WIDTH, *opening, end[0] - HALF_WIDTH]
    ys = [None if x is None else start[1] + rise * (x - start[0]) for x in xs]
    return {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": {"color": colour, "width": width}, "hoverinfo": "skip"}


def _box(x: float, y: float, colour: str, width: float, *, strong: bool) -> dict[str, Any]:
    ends = {"x0": x - HALF_WIDTH, "x1": x + HALF_WIDTH, "y0": y - HALF_HEIGHT, "y1": y + HALF_HEIGHT}
    return {
        "type": "rect",
        **ends,
        "fillcolor": faded(colour, 0.3 if strong else 0.12),
        "line": {"color": colour, "width": width},
    }


def _note(x: float, y: float, text: str, *, bold: bool = False, colour: str | None = None) -> dict[str, Any]:
    words = f"<b>{text}</b>" if bold else text
    return {"x": x, "y": y, "text": words, "showarrow": False, "font": {"color": colour} if colour else {}}


def _short(value: float) -> str:
    """Two digits after the point, three significant ones where that would say nothing or too much."""
    text = f"{value:.2f}" if value == 0 or 0.005 <= abs(value) < 1000 else f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e")
    return text.replace("-", "−")


def _symbol(name: str) -> str:
    """`w1_12` as a formula writes it, for a figure."""
    letter, index = name.split("_")
    return f"{letter[0]}<sup>({letter[1]})</sup><sub>{index}</sub>"


def _curve(x: np.ndarray, y: np.ndarray, colour: str, *, width: float = 2.5, dash: str = "solid") -> dict[str, Any]:
    line = {"color": colour, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": np.round(y, 5), "line": line, "hoverinfo": None}
