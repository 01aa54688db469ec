"""Train: what does the model learn?"""

from __future__ import annotations

import streamlit as st

from genre_core.models import MODELS
from genre_core.models.base import ModelSpec
from genre_core.training import jobs
from genre_core.training.recipe import TrainConfig, TrainRequest
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.training import learning
from pages.ui import cached, forms, pickers, state, words
from pages.ui.badges import split_badge
from pages.ui.errors import spoken
from pages.ui.first_start import ensure_demo
from pages.ui.page import open_page
from pages.ui.root import root
from pages.ui.run_list import run_list

PAGE = "train"
SAID = {
    "queued": "waiting for another training",
    "preparing": "preparing",
    "training": "training",
    "finished": "finished",
    "stopped": "stopped, best weights kept",
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
        if asked:
            request = TrainRequest(
                spec.name, dataset.name, split, config=forms.values(config), training=forms.values(training), title=spec.title
            )
            st.session_state["train.job"] = jobs.start(request, root()).id
    if not dataset.complete:
        st.caption("Training can begin when all demo songs are made.")


def current_job() -> jobs.Job | None:
    """The training to show: the one started here, else one that goes on, else the newest that ended well."""
    found = jobs.list_jobs(root())
    states = {job.id: job.status() for job in found}
    wanted = [job for job in found if job.id == st.session_state.get("train.job")]
    going = [job for job in found if not states[job.id].is_over]
    busy = [job for job in going if states[job.id].state != "queued"]
    if busy and wanted and states[wanted[0].id].state == "queued":
        return busy[0]  # curves to look at, while the one just started waits for its turn
    good = [job for job in found if states[job.id].state in ("finished", "stopped")]
    return next(iter([*wanted, *going, *good]), None)


@st.fragment(run_every=1.5)
def live() -> None:
    """Curves, time left and Stop of the running training; the last one when none runs."""
    job = current_job()
    if job is None:
        example()
        return
    status = job.status()
    history = job.history()
    with spoken():
        request = job.request
        name = request.title or (MODELS[request.model].title if request.model in MODELS else request.model)
        st.markdown(f"**{name}**, {SAID[status.state]}")
    if status.is_over:
        if status.error:
            st.error(status.error.get("message", status.message))
        elif status.state == "interrupted":
            st.warning(status.message)
        if st.session_state.pop("train.was_running", None) == job.id:
            st.rerun(scope="app")
    else:
        st.session_state["train.was_running"] = job.id
        words_left = words.left(status.seconds_left)
        st.progress(min(1.0, max(0.0, status.progress)), text=", ".join(word for word in (status.message, words_left) if word))
        stopping = job.stop_asked
        keep = "its best weights" if status.epoch else "nothing yet"
        label = f"Stopping: it keeps {keep}" if stopping else "Stop, and keep the best weights"
        st.button(label, key=f"{PAGE}.stop", on_click=job.stop, disabled=stopping)
        waiting = sum(other.status().state == "queued" for other in jobs.list_jobs(root()) if other.id != job.id)
        if waiting:
            st.caption(f"{waiting} more waiting for {'its' if waiting == 1 else 'their'} turn: trainings run one after another.")
    if history:
        st.plotly_chart(learning(history, epochs=status.epochs or None), key=f"{PAGE}.curves", config=PLAIN_CONFIG)
    if status.state in ("finished", "stopped"):
        st.page_link("pages/4_Evaluate.py", label="How good is it? Evaluate this run", query_params={"run": job.id})


def example() -> None:
    """A finished run's curves, while nothing was trained here yet."""
    found = pickers.runs()
    if found:
        st.markdown(f"**{found[0].title}**, a finished example on {found[0].dataset_title}")
        st.plotly_chart(learning(found[0].history), key=f"{PAGE}.example", config=PLAIN_CONFIG)
    st.caption("Train loss falls as the net learns its songs by heart; valid loss tells when that stops helping with new ones.")


open_page(PAGE)
ensure_demo()
spec = choose_model()
asking, watching = st.columns([2, 3], gap="large")
with asking:
    ask(spec)
with watching:
    live()
run_list(PAGE, pickers.runs())
