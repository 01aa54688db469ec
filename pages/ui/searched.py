"""What a search of settings has found, on the Train page: live while it goes on, with the way on where it was stopped."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genre_core import jobs
from genre_core.jobs.job import SEARCH, TRAIN
from genre_core.training.search_record import SearchRecord, list_searches
from pages.figures.search import history, importance, slice_of
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import state, words
from pages.ui.activity import UNFINISHED, continue_button, job_name, offer, unfinished
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.root import root
from pages.ui.words import plain


def found(page: str, model: str, dataset: str) -> None:
    """The searches of this model on this data set: the one that is chosen, live while one goes on."""
    if jobs.active_jobs(root(), SEARCH):
        st.fragment(_going, run_every=1.5)(page, model, dataset)
        return
    shown = _show(page, model, dataset)
    for job in unfinished(SEARCH):
        if job.id != shown:
            offer(job, page)


def _going(page: str, model: str, dataset: str) -> None:
    """How far the searches are, and what they have found so far, anew each second and a half."""
    active = jobs.active_jobs(root(), SEARCH)
    if not active:
        st.rerun(scope="app")
    for job in active:
        status = job.status()
        text = ", ".join(word for word in (status.message, words.left(status.seconds_left)) if word)
        st.progress(min(1.0, max(0.0, status.progress)), text=plain(f"{job_name(job)}: {text}"))
        label = "Stopping ..." if job.stop_asked else "Stop, and keep the trials done"
        st.button(label, key=f"{page}.search.stop.{job.id}", on_click=job.stop, disabled=job.stop_asked)
    _show(page, model, dataset, going=[job.id for job in active])


def _show(page: str, model: str, dataset: str, *, going: list[str] | None = None) -> str | None:
    """One search: its verdict first, then its pictures, then its trials. Returns its name, None where there is none."""
    records = {
        record.id: record
        for record in list_searches(root())
        if (record.train.get("model"), record.train.get("dataset")) == (model, dataset)
    }
    if not records:
        if not going:
            st.caption(
                "No search of this model on these songs yet. The first trial is the form's own values, so that nothing is lost."
            )
        return
    record = records[_pick(page, records)]
    job = jobs.Job(root().jobs / record.id)
    is_going = record.id in (going or [])
    if not is_going:
        _ended(page, job, record)
    st.markdown(f"**{plain(record.verdict)}**")
    if record.finished:
        st.caption(plain(record.caution))
        _winner(page, record, disabled=is_going)
        _pictures(page, record)
    _trials(page, record)
    return record.id


def _pick(page: str, records: dict[str, SearchRecord]) -> str:
    place = state.key(page, "search")
    started = st.session_state.pop(f"{page}.search.job", None)
    if started in records:
        st.session_state[place] = started
    elif started is not None:
        st.session_state[f"{page}.search.job"] = started  # it has not written anything yet
    state.adopt(page, "search", default=next(iter(records)), options=list(records))
    if len(records) > 1:
        st.selectbox("Search", list(records), format_func=lambda name: _name(records[name]), key=place)
    chosen: str = st.session_state[place]
    state.publish(page, "search", chosen, default=next(iter(records)))
    return chosen


def _name(record: SearchRecord) -> str:
    score = record.judged_by.title.partition(" [")[0].lower()
    return f"{record.n_trials} trials by {score}, {record.split_title}, {record.created[:16].replace('T', ' ')}"


def _ended(page: str, job: jobs.Job, record: SearchRecord) -> None:
    """The way on where a search did not come to its end."""
    if not (job.folder / "status.json").exists():  # its job was cleared away long ago: what it found stays
        return
    status = job.status()
    if status.state in UNFINISHED:
        show = st.error if status.state == "failed" else st.warning
        done = f"{len(record.tried)} of {record.n_trials} trials"
        show(plain(f"Stopped after {done}: they are kept." if status.state == "stopped" else f"{done}. {status.message}"))
        continue_button(job, f"{page}.search")


def _winner(page: str, record: SearchRecord, *, disabled: bool) -> None:
    best = record.best
    assert best is not None
    titles = {entry["name"]: entry["title"] for entry in record.space}
    st.markdown("  \n".join(f"{plain(titles[name])}: `{_said(value)}`" for name, value in best.values.items()))
    help_words = "Once the search is over." if disabled else "As an ordinary run, with these values: it stands in the list below."
    if st.button("Train the winner", key=f"{page}.search.winner", type="primary", disabled=disabled, help=help_words):
        with spoken():
            job = jobs.start(TRAIN, record.winner().to_dict(), root(), name=record.train["model"])
            st.session_state[f"{page}.job"] = job.id
            st.rerun(scope="app")


def _pictures(page: str, record: SearchRecord) -> None:
    st.plotly_chart(history(record), key=f"{page}.search.history", config=PLAIN_CONFIG)
    titles = {entry["name"]: entry["title"] for entry in record.space}
    if record.why_no_importance:
        st.caption(record.why_no_importance)
    else:
        st.markdown("**What mattered**", help=meaning("parameter importance"))
        st.plotly_chart(importance(record.importance, titles), key=f"{page}.search.importance", config=PLAIN_CONFIG)
        st.caption(f"A guess from {len(record.finished)} trials: with another seed or other ranges, the order may change.")
    names = sorted(titles, key=lambda name: -record.importance.get(name, 0.0))
    name = names[0]
    if len(names) > 1:
        chosen = st.segmented_control(
            "One setting against the score",
            names,
            default=name,
            format_func=lambda name: titles[name],
            key=f"{page}.search.slice",
        )
        name = chosen if chosen in names else name
    st.plotly_chart(slice_of(record, name), key=f"{page}.search.sliced", config=PLAIN_CONFIG)


def _trials(page: str, record: SearchRecord) -> None:
    if not record.trials:
        return
    with st.expander(f"All {len(record.trials)} trials"):
        titles = {entry["name"]: entry["title"] for entry in record.space}
        rows = [
            {
                "trial": trial.number,
                "state": trial.state,
                record.judged_by.title: "" if trial.score is None else record.judged_by.words(trial.score),
                **{title: _said(trial.values.get(name)) for name, title in titles.items()},
                "epochs": trial.epochs or None,
                "seconds": trial.seconds,
                "why": trial.why,
            }
            for trial in record.trials
        ]
        st.dataframe(rows, hide_index=True, key=f"{page}.search.trials")


def _said(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)
