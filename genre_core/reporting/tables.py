"""The tables of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from genre_core.colours import ONE_HUE
from genre_core.reporting.markup import Child, Markup, element, joined

NUMBER = "number"


def table(head: Sequence[Child], rows: Sequence[Sequence[Child]], *, numbers: Sequence[int] = (), caption: str = "") -> Markup:
    """A table with a head; columns of numbers stand to the right."""

    def cells(tag: str, row: Sequence[Child]) -> list[Markup]:
        return [element(tag, cell, class_=NUMBER if place in numbers else None) for place, cell in enumerate(row)]

    return element(
        "div",
        element(
            "table",
            element("caption", caption) if caption else None,
            element("thead", element("tr", cells("th", head))),
            element("tbody", [element("tr", cells("td", row)) for row in rows]),
        ),
        class_="wide",
    )


def facts(values: Mapping[str, Child]) -> Markup:
    """A table of names and what they are; empty entries are left out."""
    rows = [element("tr", element("th", name, scope="row"), element("td", value)) for name, value in values.items() if value]
    return element("div", element("table", element("tbody", rows), class_="facts"), class_="wide")


def confusion_table(matrix: np.ndarray, genres: Sequence[str], *, what: str) -> Markup:
    """Who is taken for whom: rows are the truth, columns the prediction; in a cell the count and its share of the row.

    Parameters
    ----------
    matrix : np.ndarray
        Counts, int, shape (n_genres, n_genres), rows true.
    genres : sequence of str
        In the order of rows and columns.
    what : str
        What is counted, `84 valid tracks`.
    """
    matrix = np.asarray(matrix)
    share = matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True))  # (n_genres, n_genres)
    head = element(
        "tr", element("th", "true ↓ predicted →", class_="row"), [element("th", genre, scope="col") for genre in genres]
    )
    rows = [
        element(
            "tr",
            element("th", genre, class_="row", scope="row"),
            [_cell(int(matrix[row, column]), float(share[row, column])) for column in range(len(genres))],
        )
        for row, genre in enumerate(genres)
    ]
    told = f"{what}. Rows: true genre. Columns: predicted genre. In a cell: how many, and their share of the row."
    body = element("table", element("thead", head), element("tbody", rows), class_="confusion", aria_label=told)
    return joined(element("p", told, class_="note"), element("div", body, class_="wide"))


def _cell(count: int, share: float) -> Markup:
    if not count:
        return element("td", "\u00b7")
    colour = hue(share)
    ink = "#ffffff" if _brightness(colour) < 0.5 else "#16201f"
    return element("td", element("b", str(count)), element("small", f"{share:.0%}"), style=f"background: {colour}; color: {ink}")


def hue(share: float) -> str:
    """Colour of a share from 0 to 1, `#rrggbb`: the stops of ONE_HUE with all between."""
    places = [place for place, _ in ONE_HUE]
    stops = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for _, colour in ONE_HUE])
    return "#" + "".join(f"{round(float(np.interp(share, places, stops[:, part]))):02x}" for part in range(3))


def _brightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
