"""Train: what does the model learn?"""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.datasets.folds import MAX_FOLDS, MIN_FOLDS
from genre_core.jobs.job import TRAIN
from genre_core.jobs.spawning import stand_by
from genre_core.models import MODELS
from genre_core.models.base import ModelSpec
from genre_core.runs import MANIFEST
from genre_core.training.fitting import why_not
from genre_core.training.history import parts_of, read_history
from genre_core.training.recipe import TrainConfig, TrainRequest
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.training import learning, overlay
from pages.ui import cached, forms, pickers, state, words
from pages.ui.activity import UNFINISHED, continue_button, offer, unfinished
from pages.ui.badges import split_badge
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.page import open_page
from pages.ui.root import root
from pages.ui.run_list import run_list

PAGE = "train"
SAID = {
    "queued": "waiting for another job",
    "preparing": "preparing",
    "training": "training",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
    "interrupted": "interrupted",
}


def choose_model() -> ModelSpec:
    """The models as cards, grouped by what they are good for."""
    names = sorted(MODELS, key=lambda name: (MODELS[name].good_for, name))
    place = state.adopt(PAGE, "model", default="cnn_small" if "cnn_small" in MODELS else names[0], options=names)
    chosen = st.session_state[place]
    for card, name in zip(st.columns(max(2, len(names))), names, strict=False):
        spec = MODELS[name]
        with card.container(border=True, height="stretch"):
            st.markdown(f"**{spec.title}**  :gray-badge[{spec.good_for}]")
            st.caption(spec.summary, help=spec.reference)
            kind = "primary" if name == chosen else "secondary"
            label = "Chosen" if name == chosen else "Choose"
            st.button(label, key=f"{PAGE}.choose.{name}", type=kind, on_click=st.session_state.update, args=({place: name},))
    state.publish(PAGE, "model", chosen)
    return MODELS[chosen]


def ask(spec: ModelSpec) -> None:
    """The form: data set, split, and what the model and its training declare."""
    dataset = pickers.pick_dataset(PAGE)
    if dataset is None:
        st.info("No songs are here yet: the first demo songs come in a few seconds.")
        return
    if reason := why_not(spec.name, dataset):
        st.info(reason)
        return
    split = pickers.pick_split(PAGE, dataset)
    if split is None:
        return
    with spoken():
        split_badge(cached.split(dataset, split)[1], words=False)
    with st.form("train.form", enter_to_submit=False), spoken():
        asked = st.form_submit_button("Train", type="primary", width="stretch", disabled=not dataset.complete)
        training = forms.config_form(
            TrainConfig, page=f"{PAGE}.{spec.name}.training", start=TrainConfig(**spec.training), columns=2
        )
        config = forms.config_form(spec.config, page=f"{PAGE}.{spec.name}.model", columns=2, more="More of the model")
        folds = st.select_slider(
            "Folds", [0, *range(MIN_FOLDS, MAX_FOLDS + 1)], key=f"{PAGE}.folds", format_func=fold_words, help=meaning("fold")
        )
        genres, train_share = pickers.pick_part(PAGE, dataset)
        if asked:
            request = TrainRequest(
                spec.name,
                dataset.name,
                split,
                folds=folds,
                config=forms.values(config),
                training=forms.values(training),
                genres=genres,
                train_share=train_share,
            )
            request.resolve()
            st.session_state["train.job"] = jobs.start(TRAIN, request.to_dict(), root(), name=spec.name).id
    if not dataset.complete:
        st.caption("Training can begin when all demo songs are made.")


def fold_words(count: int) -> str:
    """What a number of folds does."""
    return f"{count} folds: {count + 1} trainings" if count else "none: train once"


def current_job() -> jobs.Job | None:
    """The training to show: the one started here, else one that goes on, else the newest that ended well."""
    found = jobs.list_jobs(root(), TRAIN)
    states = {job.id: job.status().state for job in found}
    watched = st.session_state.get("train.was_running")
    if states.get(watched) in UNFINISHED:
        st.session_state["train.job"] = watched  # it broke off in sight: it stays there, with the way on
    wanted = [job for job in found if job.id == st.session_state.get("train.job")]
    going = [job for job in found if states[job.id] in ("queued", "preparing", "training")]
    busy = [job for job in going if states[job.id] != "queued"]
    if busy and wanted and states[wanted[0].id] == "queued":
        return busy[0]  # curves to look at, while the one just started waits for its turn
    good = [job for job in found if states[job.id] in ("finished", "stopped")]
    return next(iter([*wanted, *going, *good]), None)


@st.fragment(run_every=1.5)
def live() -> None:
    """Curves, time left and Stop of the running training; the last one when none runs."""
    if not jobs.active_jobs(root()):
        stand_by()
    job = current_job()
    if job is None:
        example()
        return
    status = job.status()
    with spoken():
        request = TrainRequest.from_dict(job.values)
        name = request.title or (MODELS[request.model].title if request.model in MODELS else request.model)
        st.markdown(f"**{words.plain(name)}**, {SAID[status.state]}, {words.plain(request.split_title)}")
    if status.is_over:
        ended(job, status)
    else:
        working(job, status)
    curves(job, status)
    if (job.folder / MANIFEST).exists():
        st.page_link("pages/4_Evaluate.py", label="How good is it? Evaluate this run", query_params={"run": job.id})


def working(job: jobs.Job, status: jobs.Status) -> None:
    """Progress, time left and Stop."""
    st.session_state["train.was_running"] = job.id
    words_left = words.left(status.seconds_left)
    st.progress(min(1.0, max(0.0, status.progress)), text=", ".join(word for word in (status.message, words_left) if word))
    stopping = job.stop_asked
    keep = "its best weights" if status.epoch else "nothing yet"
    label = f"Stopping: it keeps {keep}" if stopping else "Stop, and keep the best weights" if status.epoch else "Stop"
    st.button(label, key=f"{PAGE}.stop", on_click=job.stop, disabled=stopping)
    waiting = sum(other.status().state == "queued" for other in jobs.active_jobs(root()) if other.id != job.id)
    if waiting:
        st.caption(f"{waiting} more waiting for {'its' if waiting == 1 else 'their'} turn: jobs work one after another.")


def ended(job: jobs.Job, status: jobs.Status) -> None:
    """How it ended, and the way on where it did not come to its end."""
    if status.state == "finished":
        st.caption(f"{status.message}.")
    else:
        show = {"failed": st.error, "interrupted": st.warning}.get(status.state, st.caption)
        show(status.message)
        with st.columns([1, 2])[0]:
            continue_button(job, PAGE)
    if st.session_state.pop("train.was_running", None) == job.id:
        st.rerun(scope="app")


def curves(job: jobs.Job, status: jobs.Status) -> None:
    """Learning curves: of what is trained now, of all folds once they are there."""
    parts = parts_of(read_history(job.folder))
    if not parts:
        return
    if len(parts) > 1 and status.is_over:
        figure = overlay(parts)
    else:
        figure = learning(list(parts.values())[-1], epochs=status.epochs or None)
    st.plotly_chart(figure, key=f"{PAGE}.curves", config=PLAIN_CONFIG)


def example() -> None:
    """A finished run's curves, while nothing was trained here yet."""
    found = pickers.runs()
    if found:
        title, dataset = words.plain(found[0].title), words.plain(found[0].dataset_title)
        st.markdown(f"**{title}**, a finished example on {dataset}")
        st.plotly_chart(learning(found[0].history), key=f"{PAGE}.example", config=PLAIN_CONFIG)
    st.caption("Train loss falls as the net learns its songs by heart; valid loss tells when that stops helping with new ones.")


open_page(PAGE)
spec = choose_model()
asking, watching = st.columns([2, 3], gap="large")
with asking:
    ask(spec)
with watching:
    live()
for job in unfinished(TRAIN):
    if job.id != st.session_state.get("train.job"):
        offer(job, PAGE)
run_list(PAGE, pickers.runs())
