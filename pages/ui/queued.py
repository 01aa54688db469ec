"""The trainings around the one that is shown: those that wait for their turn, and those that ended before it."""

from __future__ import annotations

import time

import streamlit as st

from genre_core import jobs
from genre_core.errors import GenreError
from genre_core.evaluation.report import score_of
from genre_core.jobs.job import TRAIN
from genre_core.runs import MANIFEST
from genre_core.training.recipe import TrainRequest
from pages.ui import cached, tables, words
from pages.ui.activity import job_name
from pages.ui.root import root

SAID = {
    "queued": "waiting for another job",
    "preparing": "preparing",
    "training": "training",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
    "interrupted": "interrupted",
}
MOST_ENDED = 5
"""Trainings that ended while the visitor looked: so many have a line above the one that is shown in full."""
MOST_WAITING = 6
"""Trainings in the queue that are named."""


def ended_before(page: str, shown: jobs.Job) -> None:
    """A line for each training that came to its end in sight, beside the one that is shown in full."""
    place = f"{page}.followed"
    going = [job.id for job in jobs.active_jobs(root(), TRAIN)]
    followed: list[str] = st.session_state.get(place, [])
    if not any(name in going for name in followed):
        followed = followed if not going else []  # a new round begins
    st.session_state[place] = [*followed, *(name for name in going if name not in followed)]
    for name in st.session_state[place][-MOST_ENDED:]:
        folder = root().runs / name
        if name in going or name == shown.id or not (folder / MANIFEST).exists():
            continue
        try:
            run = cached.run(folder)
        except GenreError:  # the list of runs says what is wrong with it
            continue
        score = score_of(run.scores.get(run.judged_role, {}), "accuracy", level=run.judged_level)
        said, link = st.columns([3, 1], vertical_alignment="center")
        told = f"{SAID[run.state]}: accuracy {score}, {tables.judged_on(run)}"
        said.markdown(f"**{words.plain(run.title)}**, {words.plain(told)}")
        link.page_link("pages/4_Evaluate.py", label="Evaluate it", query_params={"run": run.id})


def waiting(page: str, shown: jobs.Job) -> None:
    """The trainings that wait for their turn, each by its name with a way out of the queue; how many other jobs wait."""
    place = f"{page}.taken_out"
    found = [job for job in jobs.active_jobs(root()) if job.id != shown.id and job.status().state == "queued"]
    own = [job for job in found if job.kind == TRAIN]
    if found:
        others = len(found) - len(own)
        more = f" {others} other {'job waits' if others == 1 else 'jobs wait'} too." if others else ""
        st.caption(f"Waiting for {'its' if len(found) == 1 else 'their'} turn: jobs work one after another.{more}")
    for job in own[:MOST_WAITING]:
        name, out = st.columns([3, 1], vertical_alignment="center")
        asked = f"{TrainRequest.from_dict(job.values).split_title}, asked for at {clock(job.status().created)}"
        name.markdown(f"{job_name(job)}, {words.plain(asked)}")
        taken = job.stop_asked
        out.button(
            "Taking it out ..." if taken else "Take out",
            key=f"{page}.take_out.{job.id}",
            on_click=_take_out,
            args=(place, job),
            disabled=taken,
            help="It leaves the queue and is forgotten.",
        )
    if len(own) > MOST_WAITING:
        st.caption(f"and {len(own) - MOST_WAITING} more")


def _take_out(place: str, job: jobs.Job) -> None:
    job.stop()
    st.session_state[place] = [*st.session_state.get(place, []), job.id]


def forget_taken_out(page: str) -> None:
    """Remove what was taken out of the queue, once its process has seen it; what had begun by then stays and can be continued."""
    place = f"{page}.taken_out"
    kept = []
    for name in st.session_state.get(place, []):
        job = jobs.Job(root().runs / name)
        if not job.folder.is_dir():
            continue
        if not job.status().is_over:
            kept.append(name)
        elif job.status().state == "stopped" and not job.status().epoch and not (job.folder / MANIFEST).exists():
            jobs.remove_job(job)
    if place in st.session_state:
        st.session_state[place] = kept


def clock(seconds: float) -> str:
    """Time of day, `14:05:09`: two trainings of one model are told apart by it."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))
