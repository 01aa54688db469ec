"""Can the maps of a run be believed? What they call important is removed, and so is as much at random."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.inspection.faithfulness import Faithfulness
from genre_core.inspection.faithfulness_work import KIND, N_TRACKS
from genre_core.inspection.fills import FILLS
from pages.ui import caches_listened
from pages.ui.activity import offer, progress_of, unfinished
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.inspect.subject import PAGE, Subject
from pages.ui.root import root
from pages.ui.words import plain


def believed(subject: Subject) -> None:
    """The numbers with what they mean, and the button that measures them."""
    run, role = subject.run, subject.role
    for job in unfinished(KIND):
        if _is_of(job, subject):
            offer(job, PAGE)
    found = caches_listened.checked(run, role)
    if found is None:
        st.markdown(
            "A map may name what the model never used. So what maps call important is removed from songs, in another way than "
            "made the maps, and so is as much at random: the first should cost the model more of its belief.",
            help=meaning("faithfulness"),
        )
    else:
        _show(found)
    if any(_is_of(job, subject) for job in jobs.active_jobs(root(), KIND)):
        progress_of(KIND)
        return
    n_tracks = min(N_TRACKS, len(subject.ids))
    if st.button(
        "Measure" if found is None else "Measure again",
        type="primary" if found is None else "secondary",
        key=f"{PAGE}.believed.measure",
        help=f"On {n_tracks} of its tracks, genres in turn: a map of each, and a few questions more. It can be stopped.",
    ):
        with spoken():
            jobs.start(KIND, {"run": run.id, "title": run.title, "role": role, "tracks": n_tracks}, root())
            st.rerun()


def _is_of(job: jobs.Job, subject: Subject) -> bool:
    run = subject.run
    return job.values.get("run") == run.id and (job.values.get("role") or run.judged_role) == subject.role


def _show(found: Faithfulness) -> None:
    share = f"{found.how.share:.0%}"
    st.markdown(f"**{plain(found.verdict)}**", help=meaning("faithfulness"))
    places = st.columns(3)
    shown = (
        (f"without the {share} that maps call important", found.salient),
        (f"without {share} at random", found.random),
        (f"without the loudest {share}", found.loudest),
    )
    for place, (words, fall) in zip(places, shown, strict=True):
        place.metric(f"Probability falls {words} by", "n/a" if fall.value is None else f"{fall.value:.2f}", fall.ends or None,
                     delta_color="off", delta_arrow="off")  # fmt: skip
    part = "tracks of its folds" if found.role == "folds" else f"{found.role} tracks"
    st.caption(
        f"{len(found.falls)} {part}, each asked for the genre that the model names. More than at random: "
        f"{found.more_than_random}; more than without the loudest: {found.more_than_loudest}. In brackets: 95 % intervals over "
        f"{found.groups.n_groups} {found.groups.over}. Maps made with “{FILLS[found.how.made_with].title}”, parts removed with "
        f"“{FILLS[found.how.removed_with].title}”.",
        help=meaning("interval"),
    )
    for track, why in found.problems:
        st.caption(f":orange[:material/warning:] {plain(track)} could not be heard: {plain(why)}")
