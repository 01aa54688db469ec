"""What a model without epochs reports of itself, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from genre_core.runs import Run
from pages.ui.tables import Row
from pages.ui.words import plain


def _count(value: Any, genres: Sequence[str]) -> str:
    return f"{value:,}"


def _nats(value: Any, genres: Sequence[str]) -> str:
    return f"{value:.4g} nats"


def _starts(value: Any, genres: Sequence[str]) -> str:
    return f"{min(value):.4g} to {max(value):.4g} nats in {len(value)} starts"


def _rest(value: Any, genres: Sequence[str]) -> str:
    return "yes" if value else "no"


def _calibration(value: Any, genres: Sequence[str]) -> str:
    alone = ", ".join(genres[index] for index in value["divided_genres"])
    return f"{value['folds']} folds of whole tracks" + (f", but of {alone}: one track only" if alone else "")


def _components(value: Any, genres: Sequence[str]) -> str:
    if len(set(value)) == 1:
        return f"{value[0]} each"
    return ", ".join(f"{genre} {count}" for genre, count in zip(genres, value, strict=True))


Speak = Callable[[Any, Sequence[str]], str]

WORDS: Mapping[str, tuple[str, Speak, str]] = {
    "support_vectors": ("Support vectors", _count, "Segments at a border or on its wrong side: the only ones it remembers."),
    "converged": ("Came to rest", _rest, "Whether the search for the borders ended by itself; if not, a smaller C helps."),
    "calibration": (
        "Probabilities learned on",
        _calibration,
        "Segments that the machine had not heard, so that it is not too sure.",
    ),
    "nodes": ("Questions and leaves", _count, "Of all its trees together."),
    "iterations": ("Rounds", _count, "Until nothing changed any more."),
    "stored_segments": ("Segments remembered", _count, "It compares a new segment with each of them."),
    "n_tracks": ("Tracks remembered", _count, "It compares a new track with each of them."),
    "components": ("Gaussians a genre", _components, "Fewer than asked for where a genre has few segments."),
    "objective": ("Objective", _nats, "Mean divergence of a track from the middle of its cluster: the smaller, the tighter."),
    "objectives": ("Objective of all starts", _starts, "The best is kept. Far apart: k-means has found different clusters."),
}
"""What a model may report -> words, how its value is said, and what it means."""

CLUSTERS = "clusters"


def report_rows(fitted: Mapping[str, Any], genres: Sequence[str]) -> list[Row]:
    """One row a fact; what has no words here stands by its name."""
    rows = []
    for name, value in fitted.items():
        if name == CLUSTERS:
            continue
        title, speak, meaning = WORDS.get(name, (name.replace("_", " "), lambda value, genres: str(value), ""))
        rows.append({"what it found": title, "value": speak(value, genres), "which means": meaning})
    return rows


def cluster_rows(clusters: Sequence[Mapping[str, Any]], genres: Sequence[str]) -> list[Row]:
    """One row a genre that clusters are named by, in the genres' order: how many these are, and how much they hold."""
    sizes = {genre: [int(each["size"]) for each in clusters if each["genre"] == index] for index, genre in enumerate(genres)}
    return [
        {"named": genre, "clusters": len(held), "segments in them": sum(held), "the largest": max(held)}
        for genre, held in sizes.items()
        if held
    ]


def _as_table(rows: Sequence[Row]) -> str:
    """Markdown, whose cells break their lines where a data frame would cut them off."""
    head, *lines = [list(rows[0]), ["---"] * len(rows[0]), *([plain(str(cell)) for cell in row.values()] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, *lines))


def reported(page: str, run: Run) -> None:
    """A small table; nothing where the model reports nothing."""
    if not run.fitted:
        return
    if rows := report_rows(run.fitted, run.genres):
        st.markdown(_as_table(rows))
    if clusters := run.fitted.get(CLUSTERS):
        named = {cluster["genre"] for cluster in clusters}
        lost = [genre for index, genre in enumerate(run.genres) if index not in named]
        st.caption(
            f"{len(clusters)} clusters, named by the majority of their segments after they were found."
            + (f" No cluster is named {', '.join(lost)}: such tracks are never called so." if lost else "")
        )
        rows = cluster_rows(clusters, run.genres)
        st.dataframe(rows, hide_index=True, key=f"{page}.clusters", height=38 + 35 * len(rows))
