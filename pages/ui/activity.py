"""What works beside the pages: imports, extractions, trainings, on every page, with stop and continue."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from genre_core import jobs
from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.library import list_datasets
from genre_core.errors import DatasetError, JobError
from genre_core.jobs.job import CLASSIFY, FAITHFULNESS, ROBUSTNESS, SEARCH, TRAIN
from genre_core.models import MODELS
from genre_core.runs import MANIFEST, Run
from pages.ui import cached, words
from pages.ui.errors import spoken
from pages.ui.root import root

DOING = {
    TRAIN: "Training",
    "import": "Import",
    "fetch": "Download",
    "extract": "Features",
    "check": "Check",
    "demo": "Demo songs",
    SEARCH: "Search",
    ROBUSTNESS: "Robustness",
    "map": "Map",
    "place": "Places of",
    FAITHFULNESS: "Check of maps of",
    CLASSIFY: "Genres of",
}
OFFERED_BY = {
    TRAIN: "Train",
    SEARCH: "Train",
    ROBUSTNESS: "Inspect",
    FAITHFULNESS: "Inspect",
    "map": "Inspect",
    CLASSIFY: "Classify",
    "place": "Classify",
}
"""Kind of job -> the page that offers to continue it; Dataset and Home offer all others."""

QUIET = ("map", "place")
"""Kinds of jobs whose result shows itself where it was asked for: that they ended well is not said."""

UNFINISHED = ("interrupted", "stopped", "failed")
SAID = {"interrupted": "broke off", "failed": "failed"}
FIRST_SONGS = 10
MOST_ENDS = 3
"""So many ends of jobs stay on the page, until they are closed or the page is left."""

_starting = threading.Lock()


def activity(page: str) -> None:
    """A line for each job that works, how many wait, and what broke off; nothing where nothing does.

    The Train page draws its trainings and searches itself.
    """
    going = [job for job in jobs.active_jobs(root()) if not (page == "train" and job.kind in (TRAIN, SEARCH))]
    if going:
        st.session_state["activity.followed"] = [job.id for job in going]
        st.fragment(_going, run_every=1.5)(page)
    if page in ("home", "dataset"):
        for job in unfinished("import", "fetch", "extract", "check", "demo"):
            offer(job, page)
    if ended := _ended_here(page):
        if st.session_state.pop("activity.toast", False):
            st.toast(ended.said[-1])  # whoever has scrolled down sees this alone
        place, close = st.columns([12, 1], vertical_alignment="center")
        (place.success if ended.good else place.warning)("  \n".join(ended.said))
        close.button("✕", key=f"{page}.ended", on_click=st.session_state.pop, args=("activity.ended", None), help="Close")


class Ended(NamedTuple):
    """How jobs ended that a visitor saw working: on which page, whether all made something, a sentence each, the last at last."""

    page: str
    good: bool
    said: tuple[str, ...]


def _ended_here(page: str) -> Ended | None:
    """What ended while this page was looked at; it is forgotten when the visitor goes on to another."""
    ended: Ended | None = st.session_state.get("activity.ended")
    if ended is not None and ended.page != page:
        del st.session_state["activity.ended"]
        return None
    return ended


def progress_of(kind: str) -> None:
    """That the jobs of a kind work, where they were started; how far they are stands on top, with the Stop button."""
    for job in jobs.active_jobs(root(), kind):
        st.caption(f":material/hourglass_top: {job_name(job)} goes on: how far it is stands at the top of the page.")


def unfinished(*kinds: str) -> list[jobs.Job]:
    """Jobs of these kinds that broke off, failed or were stopped before they had made anything, newest first."""
    found = [job for job in jobs.list_jobs(root(), *kinds) if not (job.folder / MANIFEST).exists()]
    return [job for job in found if job.status().state in UNFINISHED]


def job_name(job: jobs.Job) -> str:
    """What a job works on, in a few words."""
    try:
        values = job.values
    except JobError:
        return job.id
    model = values.get("train", values).get("model", "")
    words_of = {
        TRAIN: values.get("title") or (MODELS[model].title if model in MODELS else model),
        "import": values.get("name") or Path(values.get("path") or values.get("folder") or "").name,
        "fetch": values.get("name", ""),
        "extract": values.get("dataset", ""),
        "check": values.get("dataset", ""),
        SEARCH: f"for {MODELS[model].title}" if model in MODELS else model,
        FAITHFULNESS: values.get("title") or values.get("run", ""),
        CLASSIFY: values.get("title") or values.get("collection", ""),
        ROBUSTNESS: f"of {values.get('title') or values.get('run', '')}",
        "map": f"of {values.get('title') or values.get('run', '')}",
        "place": values.get("title") or values.get("dataset", ""),
    }
    return words.plain(f"{DOING.get(job.kind, job.kind)} {words_of.get(job.kind, '')}".strip())


def ensure_demo() -> None:
    """Start making the demo songs where they are missing, or go on where that broke off; nobody waits for it."""
    with _starting:
        if demo_complete() or jobs.active_jobs(root(), "demo"):
            return
        earlier = jobs.list_jobs(root(), "demo")
        state = earlier[0].status().state if earlier else "absent"
        if state in ("absent", "finished"):
            jobs.start("demo", {}, root())
        elif state == "interrupted":
            jobs.resume(earlier[0], root())


def demo_complete() -> bool:
    """Whether all demo songs are made."""
    if DEMO_NAME not in list_datasets(root().datasets):
        return False
    try:
        return cached.dataset(DEMO_NAME, root().datasets).complete
    except DatasetError:
        return False


def _going(page: str) -> None:
    """The jobs that work or wait, anew each second and a half."""
    found = {job.id: job for job in jobs.list_jobs(root())}
    followed = [found[name] for name in st.session_state.get("activity.followed", []) if name in found]  # what works first
    going = [job for job in followed if not job.status().is_over]
    waiting = 0
    for job in going:
        status = job.status()
        if status.state == "queued" and waiting:
            waiting += 1
            continue
        waiting += status.state == "queued"
        _line(job, status, page)
    if waiting > 1:
        st.caption(f"{waiting - 1} more waiting: jobs work one after another, so that each has all cores.")
    _tell_ends([job for job in followed if job not in going], page)


def _line(job: jobs.Job, status: jobs.Status, page: str) -> None:
    shown, button = st.columns([6, 1], vertical_alignment="center")
    text = f"{job_name(job)}: {status.message}"
    if left := words.left(status.seconds_left):
        text += f", {left}"
    if job.kind == "demo":
        text += ". Those that are there can be used already."
        _first_songs(status)
    shown.progress(min(1.0, max(0.0, status.progress)), text=text)
    label = "Stopping ..." if job.stop_asked else "Stop"
    key = f"{page}.stop.{job.id}"
    button.button(label, key=key, on_click=job.stop, disabled=job.stop_asked, width="stretch", help="What is done is kept.")


def _first_songs(status: jobs.Status) -> None:
    """Draw the page anew once there is a first song of each genre."""
    made = len(list((root().datasets / DEMO_NAME / "audio").glob("*/*.flac")))
    if status.state == "working" and made >= FIRST_SONGS and not st.session_state.get("activity.first_songs"):
        st.session_state["activity.first_songs"] = True
        st.rerun(scope="app")


def _tell_ends(ended: list[jobs.Job], page: str) -> None:
    """Say once what a job has made, and draw the page anew, since it may show it."""
    if not ended:
        return
    over = {job.id: job.status() for job in ended}
    st.session_state["activity.followed"] = [name for name in st.session_state["activity.followed"] if name not in over]
    offered = page in ("home", "dataset")  # what broke off has a line there already
    good = {job.id: over[job.id].state == "finished" or (job.folder / MANIFEST).exists() for job in ended}
    news = [job for job in ended if not (good[job.id] and job.kind in QUIET)]
    told = [job for job in news if good[job.id] or job.kind in OFFERED_BY or not offered]
    if told:
        before: Ended = st.session_state.get("activity.ended") or Ended(page, True, ())
        said = (*before.said, *(_end_of(job, over[job.id], good=good[job.id]) for job in told))
        st.session_state["activity.toast"] = True
        st.session_state["activity.ended"] = Ended(page, before.good and all(good[job.id] for job in told), said[-MOST_ENDS:])
    for job in ended:
        if page == "dataset" and job.kind in ("import", "fetch") and (result := over[job.id].result):
            st.query_params["dataset"] = result["dataset"]
            if result.get("problems"):
                st.query_params["look"] = "report"  # which names what was left out
    st.rerun(scope="app")


def _end_of(job: jobs.Job, status: jobs.Status, *, good: bool) -> str:
    if good:
        message = status.message.rstrip(".")
        named = " Report names them." if status.result and status.result.get("problems") else ""
        return f"Imported {message}.{named}" if job.kind in ("import", "fetch") else f"{job_name(job)}: {message}."
    return f"{_broken(job, status)} The page {OFFERED_BY.get(job.kind, 'Dataset')} offers to continue."


def _broken(job: jobs.Job, status: jobs.Status) -> str:
    said = ":" if status.state == "stopped" else f" {SAID[status.state]}."
    return f"{job_name(job)}{said} {status.message.rstrip('.')}."


def offer(job: jobs.Job, page: str) -> None:
    """What can be done with a job that did not come to its end."""
    status = job.status()
    text, again, drop = st.columns([6, 1, 1], vertical_alignment="center")
    show = text.error if status.state == "failed" else text.warning
    show(_broken(job, status))
    hopeless = status.error is not None and status.error.get("kind") in ("dataset", "parameter")
    if not hopeless:  # the same request would meet the same answer
        with again:
            continue_button(job, page)
    with drop.popover("Discard", width="stretch"):
        st.markdown("What it has done so far is forgotten. Your audio files stay as they are.")
        if st.button("Discard for good", key=f"{page}.discard.{job.id}"):
            with spoken():
                jobs.remove_job(job)
                st.rerun()


def continue_button(job: jobs.Job, page: str) -> None:
    """Go on with a job where it broke off or was stopped."""
    if st.button("Continue", key=f"{page}.continue.{job.id}", width="stretch", help="What is done is not done again."):
        with spoken():
            if (job.folder / MANIFEST).exists():
                Run.load(job.folder).refuse_to_continue()
            jobs.resume(job, root())
            st.rerun(scope="app")
