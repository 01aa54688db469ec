"""Figures as inline SVG: axes with titles and ticks, lines, bands, bars and dots, with words for those who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError
from genre_core.reporting.markup import Markup, element

Points = Sequence[tuple[float, float]]

TICKS = 5
"""About so many on an axis of numbers."""


@dataclass(frozen=True)
class Axis:
    """One axis of a figure.

    Attributes
    ----------
    title : str
        With its unit, `Loss [nats]`.
    low, high : float
        Values at its ends.
    ticks : tuple of (float, str)
        Where it is marked, and with which words.
    """

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def __post_init__(self) -> None:
        if not (np.isfinite([self.low, self.high]).all() and self.low < self.high):
            raise ParameterError(f"An axis runs from a number to a larger one. Received: {self.low} to {self.high}.")


def share_axis(title: str) -> Axis:
    """From 0 to 100 %."""
    return Axis(title, 0.0, 1.0, tuple((n / 4, f"{25 * n} %") for n in range(5)))


def number_axis(title: str, values: Sequence[float], *, from_zero: bool = False) -> Axis:
    """Of round numbers, so that all values lie on it; from zero where asked for."""
    known = [float(value) for value in values if np.isfinite(value)] or [0.0]
    low, high = (min(0.0, *known) if from_zero else min(known)), max(known)
    high = high if high > low else low + 1.0
    rough = (high - low) / TICKS
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    ticks = tuple((float(n * step), f"{n * step:.6g}") for n in range(int(first), int(last) + 1))
    return Axis(title, ticks[0][0], ticks[-1][0], ticks)


def row_axis(title: str, names: Sequence[str]) -> Axis:
    """A row a name, the first one on top, its middle at 0, -1, -2 ..."""
    return Axis(title, 0.5 - len(names), 0.5, tuple((-float(place), name) for place, name in enumerate(names)))


class Plot:
    """A figure that is drawn step by step, in the axes' own values; `markup` gives it as an `svg` element.

    Parameters
    ----------
    title : str
        What is seen, for those who cannot see it.
    x, y : Axis
        Across and up.
    width, height : int
        Of the whole figure [pixels], which it keeps as its shape where it is shown smaller.
    left : int
        Room for the words of the y axis [pixels].
    """

    def __init__(self, title: str, x: Axis, y: Axis, *, width: int = 460, height: int = 340, left: int = 62) -> None:
        self.title, self.x, self.y, self.width, self.height = title, x, y, width, height
        self._left, self._right, self._top, self._bottom = left, width - 22, 12, height - 46
        self._marks: list[Markup] = []

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of a point, cut to the axes' ends."""
        across = (min(max(x, self.x.low), self.x.high) - self.x.low) / (self.x.high - self.x.low)
        up = (min(max(y, self.y.low), self.y.high) - self.y.low) / (self.y.high - self.y.low)
        return self._left + across * (self._right - self._left), self._bottom - up * (self._bottom - self._top)

    def line(
        self, points: Points, *, colour: str, width: float = 1.8, dash: str = "", steps: bool = False, words: str = ""
    ) -> None:
        """Points joined by straight lines, or by steps: across at the former height, then up or down."""
        drawn = _stepped(points) if steps else points
        path = _path([self.at(x, y) for x, y in drawn])
        if path:
            told = element("title", words) if words else None
            dashed = dash or None
            mark = element("path", told, d=path, stroke=colour, stroke_width=width, stroke_dasharray=dashed, fill="none")
            self._marks.append(mark)

    def band(self, lower: Points, upper: Points, *, colour: str) -> None:
        """What lies between two lines, pale."""
        path = _path([self.at(x, y) for x, y in [*lower, *reversed(upper)]])
        if path:
            self._marks.append(element("path", d=path + "Z", fill=colour, fill_opacity=0.16, stroke="none"))

    def bar(self, x_low: float, x_high: float, y: float, *, colour: str, words: str = "") -> None:
        """An upright bar from zero, or from the axis' lower end, to `y`."""
        (left, top), (right, foot) = self.at(x_low, y), self.at(x_high, max(0.0, self.y.low))
        told = element("title", words) if words else None
        shape = {"x": left, "y": top, "width": max(0.0, right - left), "height": max(0.0, foot - top)}
        self._marks.append(element("rect", told, fill=colour, **shape))

    def dot(self, x: float, y: float, *, colour: str, radius: float = 5.0, words: str = "") -> None:
        """A filled circle."""
        across, up = self.at(x, y)
        told = element("title", words) if words else None
        self._marks.append(element("circle", told, cx=across, cy=up, r=radius, fill=colour))

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", above: float = 0.0) -> None:
        """Words at a point, or some pixels above it."""
        across, up = self.at(x, y)
        self._marks.append(element("text", words, x=across, y=up - above, class_="mark", text_anchor=anchor))

    def markup(self) -> Markup:
        """The figure as an `svg` element; lines of the grid and words take their colours from the page."""
        style = {"role": "img", "aria_label": self.title, "class_": "plot", "xmlns": "http://www.w3.org/2000/svg"}
        return element(
            "svg", element("title", self.title), self._axes(), self._marks, viewBox=f"0 0 {self.width} {self.height}", **style
        )

    def _axes(self) -> list[Markup]:
        parts = []
        for value, words in self.x.ticks:
            across, _ = self.at(value, self.y.low)
            parts.append(element("line", class_="grid", x1=across, x2=across, y1=self._top, y2=self._bottom))
            parts.append(element("text", words, class_="tick", x=across, y=self._bottom + 17, text_anchor="middle"))
        for value, words in self.y.ticks:
            _, up = self.at(self.x.low, value)
            parts.append(element("line", class_="grid", x1=self._left, x2=self._right, y1=up, y2=up))
            parts.append(element("text", words, class_="tick", x=self._left - 7, y=up + 4, text_anchor="end"))
        middle, centre = (self._left + self._right) / 2, (self._top + self._bottom) / 2
        parts.append(element("text", self.x.title, class_="axis", x=middle, y=self.height - 8, text_anchor="middle"))
        if self.y.title:
            turned = f"rotate(-90 14 {centre:.1f})"
            parts.append(element("text", self.y.title, class_="axis", x=14, y=centre, transform=turned, text_anchor="middle"))
        return parts


def _stepped(points: Points) -> list[tuple[float, float]]:
    corners = list(points[:1])
    for x, y in points[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    return corners


def _path(pixels: Points) -> str:
    return "".join(f"{'L' if place else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in enumerate(pixels))
