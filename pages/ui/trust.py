"""The report on a data set: what a check found, gravest first, each with its reason and its sounds."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.datasets.checks import Report, load_report, spec_of
from genre_core.datasets.checks.kinds import ALONE, LEAVABLE, NAMES
from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.datasets.versions import leave_out, save_version
from pages.ui import cached, tables
from pages.ui.activity import progress_of
from pages.ui.errors import spoken
from pages.ui.player import Seen, player
from pages.ui.root import root
from pages.ui.songs import say
from pages.ui.words import plain

PAGE = "dataset"
MOST_PLAYERS = 4
LISTEN_SECONDS = 5.0
IN_NUMBERS = "repeats, songs under two genres, and balance"
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
        looked_for = "damage, silence, clipping, repeats, wrong labels, and bandwidth" if dataset.has_audio else IN_NUMBERS
        st.info(f"Nobody has checked {'these songs' if dataset.has_audio else 'this table'} yet: for {looked_for}.")
    elif found is not None and found.is_stale(dataset) and not working:
        st.warning("The data set has changed since this check.")
    if working:
        progress_of("check")
    elif found is None or found.is_stale(dataset):
        _check(dataset, "Check these songs" if dataset.has_audio else "Check this table", primary=True)
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
        place.metric(NAMES[level].capitalize(), count, help=MEANS[level])
    if not found.problems:
        st.success(f"Nothing was found in {found.n_tracks} tracks, and nothing is repeated.")
        return
    picked = st.dataframe(
        tables.findings(found.problems, has_audio=dataset.has_audio),
        key=f"{PAGE}.findings.{dataset.name}",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
    )
    st.caption(f"Checked {found.created[:10]}: {found.n_tracks} tracks. Repeats were looked for by {found.method.rstrip('.')}.")
    rows = picked.selection.rows
    if not rows:
        st.caption("Tick a row to hear it." if dataset.has_audio else "Tick a row to see what it means and what to do.")
        return
    _finding(dataset, found.problems[rows[0]])


def _finding(dataset: Dataset, problem: Problem) -> None:
    """One finding: what it means, what to do, and the tracks it speaks of to hear."""
    spec = spec_of(problem.kind, has_audio=dataset.has_audio)
    st.markdown(f"**{spec.title.capitalize()}: {plain(problem.file)}.** {plain(problem.message)}")
    st.markdown(f"{spec.meaning} {spec.advice}")
    concerned = [dataset.by_id[name] for name in problem.tracks if name in dataset.by_id]
    if problem.kind in LEAVABLE and concerned and dataset.name != DEMO_NAME:
        _leave_out(dataset, problem, concerned)
    for number, track in enumerate(concerned[:MOST_PLAYERS]):
        by = f", by {plain(track.artist)}" if track.artist else ""
        st.markdown(f"**{plain(track.id)}**, {plain(track.genre)}{by}{': no audio' if track.path is None else ''}")
        if track.path is None:
            continue
        with spoken():
            clip = cached.track_clip(track)
            place = (problem.start_seconds, min(problem.start_seconds + LISTEN_SECONDS, clip.seconds))
            marked = Seen((0.0, clip.seconds), place if number == 0 and problem.start_seconds else None)
            player(clip, key=f"{PAGE}.finding.{track.id}", title=f"{track.id}, {track.genre}", seen=marked, push=str(place))
    if len(concerned) > MOST_PLAYERS:
        st.caption(f"and {len(concerned) - MOST_PLAYERS} more: {', '.join(track.id for track in concerned[MOST_PLAYERS:])}")


def _leave_out(dataset: Dataset, problem: Problem, concerned: list[Track]) -> None:
    """Tracks of a finding to be left out, in a new version; of those that repeat each other one at first, or none where one of
    two labels is wrong: which one, only a person can say.
    """
    ids = [track.id for track in concerned]
    first = ([] if "conflict" in problem.kind else ids[:1]) if problem.kind in ALONE else ids
    with st.popover("Leave these tracks out" if len(ids) > 1 else "Leave this track out"):
        chosen = st.multiselect("Tracks", ids, default=first, key=f"{PAGE}.leave.{problem.kind}.{problem.file}")
        st.caption("This makes a new version of the data set; the present one is kept. Your audio files stay as they are.")
        if st.button("Save as a new version", key=f"{PAGE}.leave_out", disabled=not chosen):
            with spoken():
                saved = save_version(leave_out(dataset, chosen), root().datasets)
                many = f"{len(chosen)} tracks are" if len(chosen) > 1 else f"{chosen[0]} is"
                say(f"{many} left out: this is version {saved.version}, and version {dataset.version} is kept.")
                st.rerun()
