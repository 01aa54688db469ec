"""Classify: what is this song?"""

from __future__ import annotations

import streamlit as st

from genre_core.audio import AUDIO_EXTENSIONS, Clip
from genre_core.inference import THRESHOLD, Prediction
from genre_core.runs import Run
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.verdict import posterior_bars, ribbon
from pages.ui import cached, exports, pickers, state, words
from pages.ui.errors import spoken
from pages.ui.page import open_page
from pages.ui.player import player

PAGE = "classify"


def heard() -> dict[str, Clip]:
    """The clips to classify by name: the uploads, else one example."""
    uploading, example = st.columns([3, 2], gap="large", vertical_alignment="top")
    with uploading:
        uploads = st.file_uploader(
            "Drop songs here",
            type=[entry.lstrip(".") for entry in AUDIO_EXTENSIONS],
            accept_multiple_files=True,
            key=state.key(PAGE, "uploads"),
            help="Up to 10 minutes each. They are read in memory, and not kept.",
        )
    own = pickers.carried()
    with example, spoken():
        if own is not None and not uploads:
            st.button("Take an example instead", on_click=pickers.let_go, key=f"{PAGE}.let_go")
            return {own[0]: cached.upload_clip(own[1], own[0])}
        name = pickers.pick_track(PAGE, pickers.tracks_by_reference(), title="or take an example")
    clips: dict[str, Clip] = {}
    for upload in uploads:
        with spoken():
            clips[upload.name] = cached.upload_clip(upload.getvalue(), upload.name)
    if uploads:
        state.publish(PAGE, "clip", None)  # an upload is private: a link cannot lead to it
    if uploads or name is None:
        return clips
    with spoken():
        clips[name] = cached.track_clip(pickers.tracks_by_reference()[name])
    return clips


def verdict(name: str, clip: Clip, prediction: Prediction, run: Run) -> None:
    """The answer in words, then sound, probabilities and genre over time."""
    others = ", ".join(f"{genre} {share:.2f}" for genre, share in prediction.ranking[1:3])
    if prediction.decision == "genre":
        st.header(f"{str(prediction.genre).upper()}  {prediction.confidence:.2f}", anchor=False)
        heard = len(prediction.start_seconds)
        parts = f"{heard} segment{'s' * (heard != 1)} heard"
        st.markdown(f"then {others}. {words.clock(clip.seconds)} of **{words.plain(name)}**, {parts}.")
    else:
        st.header("NOT SURE", anchor=False)
        st.markdown(f"{prediction.reason} **{words.plain(name)}**, {words.clock(clip.seconds)}.")
    if warning := run.caution:
        st.markdown(f":orange[:material/info:] {warning}")
    over_time, bars = st.columns([3, 2], gap="large")
    with over_time:
        player(clip, key=f"{PAGE}.{name}.player", title=name)
        figure = ribbon(prediction.genres, prediction.segment_posteriors, prediction.start_seconds, prediction.end_seconds)
        st.plotly_chart(figure, key=f"{PAGE}.{name}.ribbon", config=PLAIN_CONFIG)
    with bars:
        figure = posterior_bars(prediction.genres, prediction.posterior, threshold=THRESHOLD)
        st.plotly_chart(figure, key=f"{PAGE}.{name}.bars", config=PLAIN_CONFIG)


with open_page(PAGE), spoken():
    run = pickers.pick_run(PAGE, first=pickers.default_run_id())
if run is None:
    st.info("No model is here yet. Train one first: it takes a minute.")
    st.page_link("pages/3_Train.py", label="Train a model", icon=":material/arrow_forward:")
    st.stop()

clips = heard()
found: dict[str, Prediction] = {}
for name, clip in clips.items():
    with spoken():
        found[name] = cached.prediction(run, clip)
for number, (name, prediction) in enumerate(found.items()):
    if number:
        st.divider()
    verdict(name, clips[name], prediction, run)
if found:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "JSON", exports.as_json(found), "genrescope.json", "application/json", key=f"{PAGE}.json", on_click="ignore"
        )
        st.download_button("CSV", exports.as_csv(found), "genrescope.csv", "text/csv", key=f"{PAGE}.csv", on_click="ignore")
        st.caption(f"By {run.title}, trained on {run.dataset_title}. {pickers.synthesised(run)}")
elif not clips:
    st.info("Drop a song above, or wait for the first demo songs.")
