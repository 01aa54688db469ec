"""The report on a data set: what a check found, gravest first, each with its reason and its sounds."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.datasets.checks import KINDS, Report, load_report
from genre_core.datasets.tracks import Dataset, Problem
from pages.ui import cached, tables
from pages.ui.activity import progress_of
from pages.ui.errors import spoken
from pages.ui.player import Seen, player
from pages.ui.root import root

PAGE = "dataset"
MOST_PLAYERS = 4
LISTEN_SECONDS = 5.0
SAID = {"grave": "Grave", "doubtful": "Doubtful", "remark": "Worth knowing"}
MEANS = {
    "grave": "Tracks that cannot be used, or that have two labels.",
    "doubtful": "What makes scores better or worse than they are.",
    "remark": "Nothing is wrong, but read the numbers with it in mind.",
}


def report(dataset: Dataset) -> None:
    """The last check, or the button for one; below, what the import left out."""
    found = load_report(dataset.name, root().datasets)
    working = any(job.values.get("dataset") == dataset.name for job in jobs.active_jobs(root(), "check"))
    if found is None and not working:
        st.info("Nobody has checked these songs yet: for damage, silence, clipping, repeats, wrong labels, and bandwidth.")
    elif found is not None and found.is_stale(dataset) and not working:
        st.warning("The data set has changed since this check.")
    if working:
        progress_of("check")
    elif found is None or found.is_stale(dataset):
        _check(dataset, "Check these songs", primary=True)
    if found is not None:
        _findings(dataset, found)
        if not working and not found.is_stale(dataset):
            _check(dataset, "Check again", primary=False)
    if dataset.problems:
        st.subheader(f"Left out or doubtful at the import: {len(dataset.problems)}", anchor=False)
        st.dataframe(tables.problems(dataset.problems), hide_index=True, key=f"{PAGE}.import_problems")


def _check(dataset: Dataset, words: str, *, primary: bool) -> None:
    if st.button(words, type="primary" if primary else "secondary", key=f"{PAGE}.check"):
        with spoken():
            jobs.start("check", {"dataset": dataset.name}, root())
            st.rerun()


def _findings(dataset: Dataset, found: Report) -> None:
    for place, (level, count) in zip(st.columns(3), found.counts.items(), strict=True):
        place.metric(SAID[level], count, help=MEANS[level])
    if not found.problems:
        st.success(f"All {found.n_tracks} tracks are sound, and nothing is repeated.")
        return
    picked = st.dataframe(
        tables.findings(found.problems),
        key=f"{PAGE}.findings.{dataset.name}",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
    )
    st.caption(f"Checked {found.created[:10]}: {found.n_tracks} tracks. Repeats were looked for by {found.method.rstrip('.')}.")
    rows = picked.selection.rows
    if not rows:
        st.caption("Tick a row to hear it.")
        return
    _finding(dataset, found.problems[rows[0]])


def _finding(dataset: Dataset, problem: Problem) -> None:
    """One finding: what it means, what to do, and the tracks it speaks of to hear."""
    spec = KINDS[problem.kind]
    st.markdown(f"**{spec.title.capitalize()}.** {spec.meaning} {spec.advice}")
    concerned = [dataset.by_id[name] for name in problem.tracks if name in dataset.by_id]
    for number, track in enumerate(concerned[:MOST_PLAYERS]):
        if track.path is None:
            st.caption(f"{track.id}: no audio.")
            continue
        with spoken():
            clip = cached.track_clip(track)
            place = (problem.start_seconds, min(problem.start_seconds + LISTEN_SECONDS, clip.seconds))
            marked = Seen((0.0, clip.seconds), place if number == 0 and problem.start_seconds else None)
            player(clip, key=f"{PAGE}.finding.{track.id}", title=f"{track.id}, {track.genre}", seen=marked, push=str(place))
    if len(concerned) > MOST_PLAYERS:
        st.caption(f"and {len(concerned) - MOST_PLAYERS} more: {', '.join(track.id for track in concerned[MOST_PLAYERS:])}")
