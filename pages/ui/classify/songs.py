"""Songs that a visitor drops, or an example: each with its verdict, its sound and its genre over time."""

from __future__ import annotations

import streamlit as st

from genre_core.audio import AUDIO_EXTENSIONS, Clip
from genre_core.datasets.demo import DEMO_NAME
from genre_core.prediction import Prediction
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.verdict import posterior_bars, ribbon
from pages.ui import cached, exports, pickers, state
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.player import player
from pages.ui.verdict import headline, sentence, tags_heard, worth
from pages.ui.words import plain


def songs(asked: Asked) -> None:
    """Take songs in, name them, and let the answers be taken away."""
    clips = _heard()
    found: dict[str, Prediction] = {}
    said: set[str] = set()
    for name, clip in clips.items():
        with spoken(said):
            found[name] = asked.judged(cached.prediction(asked.run, clip))
    for number, (name, prediction) in enumerate(found.items()):
        if number:
            st.divider()
        _verdict(name, clips[name], prediction, asked)
    if found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                "JSON", exports.as_json(found), "genrescope.json", "application/json", key=f"{PAGE}.json", on_click="ignore"
            )
            st.download_button("CSV", exports.as_csv(found), "genrescope.csv", "text/csv", key=f"{PAGE}.csv", on_click="ignore")
            run = asked.run
            st.caption(f"By {plain(run.title)}, trained on {plain(run.dataset_title)}. {pickers.synthesised(run)}")
    elif not clips:
        st.info("Drop a song above, or wait for the first demo songs.")


def _heard() -> dict[str, Clip]:
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
        if name is not None and not uploads and name.startswith(f"{DEMO_NAME}/"):
            st.caption("This demo song is synthesised: it plays at being its genre.")
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


def _verdict(name: str, clip: Clip, prediction: Prediction, asked: Asked) -> None:
    """The answer in words, then sound, probabilities and genre over time."""
    pale = bool(prediction.unlike)  # a probability says nothing then
    answer, beside = st.columns([3, 2], gap="large", vertical_alignment="center")
    with answer:
        st.header(headline(prediction), anchor=False)
        st.markdown(sentence(prediction, name, clip))
    with beside:
        if not pale:
            measured = f" Expected calibration error: {meaning('expected calibration error')}" if asked.run.calibration else ""
            st.caption(worth(asked.run), help=f"{meaning('calibration')}{measured}")
        if tags := tags_heard(prediction):
            st.caption(tags, help=f"{meaning('pretrained net')} {meaning('tag')}")
    if (warning := asked.run.caution) and not pale:
        st.markdown(f":orange[:material/info:] {warning}")
    over_time, bars = st.columns([3, 2], gap="large")
    with over_time:
        player(clip, key=f"{PAGE}.{name}.player", title=name)
        times = prediction.start_seconds, prediction.end_seconds
        figure = ribbon(prediction.genres, prediction.segment_posteriors, *times, pale=pale)
        st.plotly_chart(figure, key=f"{PAGE}.{name}.ribbon", config=PLAIN_CONFIG)
    with bars:
        if pale:
            st.caption("If it had to be one of these genres:")
        line = None if pale else asked.threshold
        figure = posterior_bars(prediction.genres, prediction.posterior, threshold=line, pale=pale)
        st.plotly_chart(figure, key=f"{PAGE}.{name}.bars", config=PLAIN_CONFIG)
