"""A training while it works and when it is over: progress, curves, and of a model without epochs its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from genre_core import jobs
from genre_core.errors import GenreError
from genre_core.evaluation.report import score_of
from genre_core.jobs.job import TRAIN
from genre_core.jobs.spawning import stand_by
from genre_core.models import MODELS
from genre_core.runs import MANIFEST, Run
from genre_core.training.history import Entry, parts_of, read_history
from genre_core.training.recipe import TrainRequest
from pages.figures.confusion import confusion
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.training import learning, overlay
from pages.ui import cached, pickers, words
from pages.ui.activity import UNFINISHED, continue_button
from pages.ui.errors import spoken
from pages.ui.fitted import reported
from pages.ui.glossary import meaning
from pages.ui.keeping import keeping
from pages.ui.queued import SAID, ended_before, forget_taken_out, waiting
from pages.ui.root import root

BETWEEN = ": "
"""Between the fold and the stage in the name of a part, `fold 2: autoencoder`."""


def current_job(page: str) -> jobs.Job | None:
    """The training to show: the one started here, else one that goes on, else the newest that ended well."""
    found = jobs.list_jobs(root(), TRAIN)
    states = {job.id: job.status().state for job in found}
    watched = st.session_state.get(f"{page}.was_running")
    if states.get(watched) in UNFINISHED:
        st.session_state[f"{page}.job"] = watched  # it broke off in sight: it stays there, with the way on
    wanted = [job for job in found if job.id == st.session_state.get(f"{page}.job")]
    going = [job for job in found if states[job.id] in ("queued", "preparing", "training")]
    busy = [job for job in going if states[job.id] != "queued"]
    if busy and wanted and states[wanted[0].id] == "queued":
        return busy[0]  # curves to look at, while the one just started waits for its turn
    good = [job for job in found if states[job.id] in ("finished", "stopped")]
    return next(iter([*wanted, *busy, *going, *good]), None)


@st.fragment(run_every=1.5)
def live(page: str) -> None:
    """Curves, time left and Stop of the running training; the last one when none runs."""
    forget_taken_out(page)
    if not jobs.active_jobs(root()):
        stand_by()
    job = current_job(page)
    if job is None:
        _example(page)
        return
    status = job.status()
    stages: tuple[str, ...] = ()
    known = ""
    ended_before(page, job)
    with spoken():
        request = TrainRequest.from_dict(job.values)
        spec = MODELS.get(request.model)
        name = _run_title(job) or request.title or (spec.title if spec else request.model)
        known = spec.known if spec else ""
        stages = tuple(stage.name for stage in getattr(spec.build if spec else None, "stages", ()))
        about = f"{SAID[status.state]}, on {request.dataset}, {request.split_title}"
        in_nats = f"Loss is counted in nats. {meaning('nats')}" if status.epochs else None
        st.markdown(f"**{words.plain(name)}**, {words.plain(about)}", help=in_nats)
    if status.is_over:
        _ended(page, job, status)
    else:
        _working(page, job, status)
    history = read_history(job.folder)
    if history:
        _curves(page, job, status, history, stages)
    if (job.folder / MANIFEST).exists():
        if known:
            st.caption(words.plain(known))
        st.page_link("pages/4_Evaluate.py", label="How good is it? Evaluate this run", query_params={"run": job.id})


def _run_title(job: jobs.Job) -> str:
    """What the run is called that a training has made; empty before there is one that can be read."""
    if not (job.folder / MANIFEST).exists():
        return ""
    with suppress(GenreError):  # what is wrong with it is said below, with its result
        return cached.run(job.folder).title
    return ""


@st.fragment
def result(page: str) -> None:
    """What the training in sight has made, once it is over: drawn once, not anew each second and a half."""
    job = current_job(page)
    if job is None or not (job.folder / MANIFEST).exists():
        return
    with spoken():
        run = Run.load(job.folder)
        if not run.history:
            _outcome(page, run)
        reported(page, run)
        keeping(page, run)


def _working(page: str, job: jobs.Job, status: jobs.Status) -> None:
    """Progress, time left and Stop."""
    st.session_state[f"{page}.was_running"] = job.id
    words_left = words.left(status.seconds_left)
    st.progress(min(1.0, max(0.0, status.progress)), text=", ".join(word for word in (status.message, words_left) if word))
    stopping = job.stop_asked
    keep = "its best weights" if status.epoch else "nothing yet"
    label = f"Stopping: it keeps {keep}" if stopping else "Stop, and keep the best weights" if status.epoch else "Stop"
    st.button(label, key=f"{page}.stop", on_click=job.stop, disabled=stopping)
    waiting(page, job)


def _ended(page: str, job: jobs.Job, status: jobs.Status) -> None:
    """How it ended, and the way on where it did not come to its end."""
    if status.state == "finished":
        st.caption(f"{status.message}.")
    else:
        show = {"failed": st.error, "interrupted": st.warning}.get(status.state, st.caption)
        show(status.message)
        with st.columns([1, 2])[0]:
            continue_button(job, page)
    if st.session_state.pop(f"{page}.was_running", None) == job.id:
        st.rerun(scope="app")


def _curves(page: str, job: jobs.Job, status: jobs.Status, history: list[Entry], stages: Sequence[str]) -> None:
    """Learning curves: of what is trained now, of all folds once they are there; a net of several stages shows one of them."""
    parts = parts_of(history)
    stage = _choose_stage(page, job, parts, stages) if len(stages) > 1 else ""
    shown = {name: entries for name, entries in parts.items() if not stage or _divided(name)[1] == stage}
    if not shown:
        st.caption(f"The part “{stage}” has not begun yet.")
    elif len(shown) > 1 and status.is_over:
        named = {_divided(name)[0] if stage else name: entries for name, entries in shown.items()}
        st.plotly_chart(overlay(named), key=f"{page}.curves", config=PLAIN_CONFIG)
    else:
        figure = learning(list(shown.values())[-1], epochs=status.epochs or None)
        st.plotly_chart(figure, key=f"{page}.curves", config=PLAIN_CONFIG)


def _choose_stage(page: str, job: jobs.Job, parts: Mapping[str, list[Entry]], stages: Sequence[str]) -> str:
    """Which of a net's trainings is shown: it follows what is trained now, until the visitor looks at another."""
    now = _divided(list(parts)[-1])[1]
    place, seen = f"{page}.stage.{job.id}", f"{page}.stage.seen.{job.id}"
    if st.session_state.get(seen) != now or not st.session_state.get(place):
        st.session_state[place] = st.session_state[seen] = now
    numbers = {name: number for number, name in enumerate(stages, 1)}
    chosen = st.segmented_control(
        "Trained in parts",
        list(stages),
        # The same words all the while: Streamlit forgets what was chosen by a label that changes.
        format_func=lambda name: f"{numbers[name]} {name[:1].upper()}{name[1:]}",
        key=place,
        required=True,
        label_visibility="collapsed",
    )
    return str(chosen or now)


def _divided(part: str) -> tuple[str, str]:
    """Fold and stage in the name of a part of a net that has stages."""
    fold, _, stage = part.rpartition(BETWEEN)
    return fold, stage


def last_stage(history: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The epochs of a run that tell of genres: of its first fold, which has a valid part, and of its net's last stage."""
    if not history:
        return []
    parts = parts_of([dict(entry) for entry in history])
    fold = _divided(next(iter(parts)))[0]
    own = [name for name in parts if _divided(name)[0] == fold] if fold else list(parts)
    in_stages = fold or any("error" in entry for entry in history)
    return parts[own[-1]] if in_stages else parts[own[0]]


def _outcome(page: str, run: Run) -> None:
    """Scores of a model without epochs, and who is taken for whom."""
    role, level = run.judged_role, run.judged_level
    scores = run.scores.get(role, {})
    accuracy, f1 = (score_of(scores, name, level=level) for name in ("accuracy", "macro_f1"))
    left, right = st.columns([1, 3], gap="medium")
    with left:
        for title, score in (("Accuracy", accuracy), ("Macro F1", f1)):
            value = "n/a" if score.value is None else f"{score.value:.2f}"
            st.metric(title, value, delta=score.ends or None, delta_color="off", delta_arrow="off")
        st.caption("It learned all at once, without epochs: there is a score instead of a curve.")
    with right:
        evaluation = cached.evaluation(run, role, pickers.artists_of(run, role))
        matrix = evaluation.confusion_tracks if level == "tracks" else evaluation.confusion_segments
        figure = confusion(matrix, evaluation.genres, what=level, height=400)
        st.plotly_chart(figure, key=f"{page}.outcome", config=PLAIN_CONFIG)


def _example(page: str) -> None:
    """A finished run's curves, while nothing was trained here yet."""
    found = [run for run in pickers.runs() if run.history]
    if found:
        title, dataset = words.plain(found[0].title), words.plain(found[0].dataset_title)
        st.markdown(f"**{title}**, a finished example on {dataset}")
        st.plotly_chart(learning(last_stage(found[0].history)), key=f"{page}.example", config=PLAIN_CONFIG)
    st.caption("Train loss falls as the net learns its songs by heart; valid loss tells when that stops helping with new ones.")
