"""The parts of a report on single tracks: which errors are the surest, and whose songs they are."""

from __future__ import annotations

from genre_core.evaluation.artists import by_artist
from genre_core.inspection.judged import Wanted, judged, worst_first
from genre_core.reporting.markup import Markup, element, joined
from genre_core.reporting.material import Material
from genre_core.reporting.tables import table

MOST_ERRORS = MOST_ARTISTS = 25
"""Rows that are shown; the table of predictions has all."""


def artists(material: Material) -> Markup | None:
    """A row an artist, the worst first; None where no artist is known."""
    if not any(material.artists or ()):
        return None
    found = by_artist(material.predictions, material.artists)
    shown = [row for row in found if row.n_right < row.n_tracks][:MOST_ARTISTS]
    rows = [
        (
            row.artist,
            ", ".join(row.genres),
            f"{row.n_right} of {row.n_tracks}",
            str(row.accuracy),
            ", ".join(f"{genre} ({count})" for genre, count in row.taken_for),
        )
        for row in shown
    ]
    n_right = sum(row.n_right == row.n_tracks for row in found)
    told = f"{len(found)} artists are known; of {n_right} of them every track is named rightly."
    rest = len(found) - n_right - len(shown)
    return joined(
        element("p", told),
        table(("artist", "genre", "right", "accuracy", "taken for"), rows, numbers=(2, 3)) if rows else None,
        element("p", f"And {rest} more of whom some track is named wrongly.", class_="note") if rest else None,
    )


def errors(material: Material) -> Markup:
    """The surest errors."""
    tracks = judged(material.predictions, material.artists)
    wrong = worst_first(tracks, Wanted())
    if not wrong:
        return element("p", f"None of {len(tracks)} tracks is called by another genre.")
    shown = wrong[:MOST_ERRORS]
    rows = [
        (
            track.track_id,
            track.artist or "",
            track.true,
            track.predicted,
            f"{track.confidence:.2f}",
            f"{track.probability_true:.2f}",
        )
        for track in shown
    ]
    more = f" These are the {len(shown)} it was surest of." if len(shown) < len(wrong) else ""
    return joined(
        element(
            "p", f"{len(wrong)} of {len(tracks)} tracks are called by another genre, counted by their mean probability.{more}"
        ),
        table(("track", "artist", "true genre", "called", "how sure", "sure of the true one"), rows, numbers=(4, 5)),
    )
