"""Names of curves and genres, written above a picture in their colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

ROOM_ABOVE = {"l": 8, "r": 12, "t": 36, "b": 8}
"""Margins of a picture with names above it [pixels]."""


def named(x: float, text: str, colour: str, *, anchor: str = "left") -> dict[str, Any]:
    """A name above the picture; `x` from 0, its left end, to 1."""
    place = {"x": x, "y": 1.02, "xref": "paper", "yref": "paper", "xanchor": anchor, "yanchor": "bottom"}
    return {**place, "showarrow": False, "text": f"<b>{text}</b>", "font": {"color": colour}}


def names_above(names: Sequence[str], colours: Mapping[str, str]) -> list[dict[str, Any]]:
    """Several names side by side, each in its colour."""
    places = np.linspace(0.01, 0.99, len(names)) if len(names) > 1 else [0.01]
    anchors = ["left", *["center"] * (len(names) - 2), "right"][: len(names)]
    return [named(float(x), f"● {name}", colours[name], anchor=at) for x, at, name in zip(places, anchors, names, strict=True)]
