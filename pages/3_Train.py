"""Train: what does the model learn?"""

from __future__ import annotations

import streamlit as st

from genre_core.datasets.tracks import Dataset
from genre_core.jobs.job import TRAIN
from genre_core.models.base import ModelSpec
from genre_core.training.fitting import why_not
from pages.figures.net import net, shape_words
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached, pickers
from pages.ui.activity import offer, unfinished
from pages.ui.asking import Asked, ask
from pages.ui.badges import split_badge
from pages.ui.choosing import choose_model, choose_preset, origin
from pages.ui.errors import spoken
from pages.ui.page import open_page
from pages.ui.run_list import run_list
from pages.ui.searching import search
from pages.ui.watching import live, result
from pages.ui.words import plain

PAGE = "train"


def asking(spec: ModelSpec, dataset: Dataset | None) -> Asked | None:
    """Which split, which values; and the button."""
    if dataset is None:
        st.info("No songs are here yet: the first demo songs come in a few seconds.")
        return None
    st.markdown(f"**{plain(spec.title)}** `{spec.name}`")
    if spec.known:
        st.caption(plain(spec.known))
    if reason := why_not(spec.name, dataset):
        st.info(plain(reason))
        return None
    top = st.container()
    preset = choose_preset(PAGE, spec)
    split = pickers.pick_split(PAGE, dataset)
    if split is None:
        return None
    with spoken():
        report = cached.split(dataset, split)[1]
        split_badge(report, words=report.badge.startswith("?"))
    return ask(PAGE, spec, preset, dataset, split, top)


def picture(asked: Asked) -> None:
    """The net that the form describes, and the same in numbers."""
    if asked.recipe is None or not (found := asked.recipe.layers(asked.n_genres)):
        return
    st.subheader(f"The net of “{plain(asked.recipe.spec.title)}”, layer by layer", anchor=False)
    shapes = [(feature.title, shape) for feature, shape in zip(asked.recipe.features, asked.recipe.input_shapes, strict=True)]
    st.plotly_chart(net(found, shapes), key=f"{PAGE}.net", config=PLAIN_CONFIG)
    st.caption("A block is the wider, the more numbers leave it. Dropout and batch norm leave the size as it is.")
    with st.expander("The same as a table"):
        rows = [
            {"part": layer.part, "layer": layer.words, "passes on": shape_words(layer.shape), "weights": layer.n_weights}
            for layer in found
        ]
        st.dataframe(
            rows, hide_index=True, key=f"{PAGE}.layers", column_order=list(rows[0])[not any(row["part"] for row in rows) :]
        )


with open_page(PAGE):
    dataset = pickers.pick_dataset(PAGE)
spec = choose_model(PAGE, dataset)
left, right = st.columns([2, 3], gap="large")
with left, spoken():
    asked = asking(spec, dataset)
    origin(spec)
with right:
    live(PAGE)
    result(PAGE)
    if asked is not None:
        with spoken():
            picture(asked)
if asked is not None:
    search(PAGE, asked.request, asked.recipe)
for job in unfinished(TRAIN):
    if job.id != st.session_state.get(f"{PAGE}.job"):
        offer(job, PAGE)
run_list(PAGE, pickers.runs())
