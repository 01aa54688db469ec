"""Badges that stand beside every score: which split, and what crosses it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from genre_core.datasets.splits import LeakReport
from genre_core.errors import DatasetError
from genre_core.evaluation.report import NOT_HERE, badge_meaning, leaks_kept, split_verdict
from genre_core.runs import Run
from pages.ui import cached
from pages.ui.words import plain

MOST_LETTERS = 36
"""Of a badge that fits into a narrow column."""

_COLOURS = {"✔": "green", "✖": "red", "?": "orange"}


def split_badge(report: LeakReport, *, words: bool = True) -> None:
    """Sign and verdict of a split, with what it means."""
    _badge(report.badge, words=words)


def run_badge(run: Run, role: str = "valid", *, words: bool = True) -> None:
    """The split that a run's score comes from, and what crosses it; in words too, unless they are left out."""
    told = verdict_of(run, role)
    st.markdown(f"{split_words(told)}, {plain(run.dataset_title)}")
    _badge(told["badge"], words=words)
    if words and not run.track_ids("test") and not run.folds:
        st.caption("No song has the role test in this split, so there is no test split to open: another split has one.")


def verdict_of(run: Run, role: str | None = None) -> dict[str, Any]:
    """Name, seed, badge and verdict of a run's split, or of its folds, from the manifest, else from its data set if here."""
    found, role = None, role or run.judged_role
    if leaks_kept(run.manifest, role) is None:
        with suppress(DatasetError):
            found = cached.run_leaks(run)
    return split_verdict(run.manifest, found, role=role)


def split_words(told: Mapping[str, Any], *, bold: bool = True) -> str:
    """`Split by artist`, `5 folds by artist`: in bold, for Markdown, or as plain text."""
    name = str(told["title"])
    what = "" if "fold" in name else "Split "
    return f"{what}**{plain(name)}**" if bold else f"{what}{name}"


def _badge(badge: str, *, words: bool = True) -> None:
    meaning = badge_meaning(badge)
    colour = "gray" if badge.endswith(NOT_HERE) else _COLOURS[badge[0]]
    if len(badge) <= MOST_LETTERS:
        st.badge(badge, color=colour, help=meaning)
    else:  # a badge never breaks its line: what is longer would be cut
        st.markdown(f":{colour}-background[:{colour}[{plain(badge)}]]", help=meaning)
    if words:
        st.caption(meaning)
