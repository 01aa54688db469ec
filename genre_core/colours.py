"""The colours of the product: the accent, and those of the genres, the same in every figure, on every page and in every report.

What is drawn in them is readable on a light page and on a dark one.
"""

from __future__ import annotations

from collections.abc import Sequence

ACCENT = "#149488"
"""Teal between the accents of the light and the dark theme: 3.6 to 1 on white, 5 to 1 on the dark page."""
WARM = "#e07a2f"
"""The second line of a pair (valid beside train)."""
NEUTRAL = "#87918f"
"""Marks that carry no meaning of their own."""

GENRE_COLOURS = {
    "blues": "#4269d0",
    "classical": "#9c6b4e",
    "country": "#efb118",
    "disco": "#ff8ab7",
    "hiphop": "#a463f2",
    "jazz": "#6cc5b0",
    "metal": "#9498a0",
    "pop": "#97bbf5",
    "reggae": "#3ca951",
    "rock": "#ff725c",
}
EXTENDED_COLOURS = (
    "#c2477f",
    "#7f9f2f",
    "#2b9fb8",
    "#b07c14",
    "#7a68c9",
    "#d1495b",
    "#5d8a6b",
    "#c98bdb",
    "#b5b35c",
    "#58a4a0",
    "#8d6a9f",
    "#d99a6c",
)
SPLIT_COLOURS = {"train": ACCENT, "valid": WARM, "test": "#7a68c9"}
ONE_HUE = ((0.0, "#b9ddd8"), (0.5, "#4ba79d"), (1.0, "#0c6d64"))
"""Opaque on purpose: the text in a cell takes its contrast from the cell, on the light page and on the dark one."""


def genre_colours(genres: Sequence[str]) -> dict[str, str]:
    """Colour of each genre: the known ten have theirs on every page, further ones take the extended list in order of name.

    Parameters
    ----------
    genres : sequence of str
        All genres of one data set: the same set gives the same colours, whatever the order.
    """
    further = sorted(set(genres) - set(GENRE_COLOURS))
    extended = {genre: EXTENDED_COLOURS[index % len(EXTENDED_COLOURS)] for index, genre in enumerate(further)}
    return {genre: GENRE_COLOURS.get(genre) or extended[genre] for genre in genres}
