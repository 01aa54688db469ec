"""What an autoencoder keeps of a sound, seen and heard."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from genre_core.audio import Clip
from genre_core.datasets.tracks import Track
from genre_core.errors import DatasetError
from genre_core.features.base import segment_features
from genre_core.features.spectral import LogMel
from genre_core.models import MODELS
from genre_core.models.networks import ERROR
from genre_core.resynthesis.griffin_lim import REBUILD_STEPS
from genre_core.resynthesis.mel_inverse import sound_of_bands
from genre_core.runs import Run
from pages.figures.alike import alike
from pages.figures.panels import Span, frequency_panel
from pages.ui import cached, pickers
from pages.ui.player import Sound, player
from pages.ui.root import root
from pages.ui.words import clock

HEIGHT = 330
LINK = "keeping"


class Kept(NamedTuple):
    """A segment as the net reads it and as the autoencoder draws it again, both in dB, shape (n_mels, n_frames)."""

    clip: Clip
    read: np.ndarray
    drawn: np.ndarray


def has_autoencoder(run: Run) -> bool:
    """Whether the run's net draws what it reads."""
    stages = getattr(getattr(MODELS.get(run.model), "build", None), "stages", ())
    return any(stage.output == ERROR for stage in stages) and isinstance(run.features[0], LogMel)


def keeping(page: str, run: Run) -> None:
    """The part of the page, for a run whose net has an autoencoder; nothing is computed until it is asked for."""
    if not has_autoencoder(run):
        return
    place = f"{page}.keeping.{run.id}"
    if not st.toggle("What the autoencoder keeps: see and hear it", key=place):
        return
    tracks = _tracks(run)
    if not tracks:
        st.caption("None of its valid tracks is here as sound.")
        return
    choosing, moving = st.columns([3, 2])
    name = choosing.selectbox(
        "A track it has not learned from",
        list(tracks),
        format_func=lambda name: pickers.spoken_name(name, tracks[name]),
        key=f"{place}.track",
    )
    clip = cached.track_clip(tracks[name])
    cuts = run.segments.cut(round(clip.seconds * run.features[0].sr), sr=run.features[0].sr)
    starts = [cut.start / run.features[0].sr for cut in cuts]
    with moving:
        number = 0
        if len(starts) > 1:
            number = st.select_slider(
                "Segment from", range(len(starts)), format_func=lambda number: clock(starts[number]), key=f"{place}.segment"
            )
    kept = _kept(run, clip, int(number))
    if kept is None:
        st.caption("This run was written before autoencoders told what they draw: train it again.")
        return
    _show(place, run.features[0], kept)


def _show(place: str, feature: Any, kept: Kept) -> None:
    """Both pictures on the same axes and colours, each with its sound."""
    span = Span(0.0, feature.hop_length / feature.sr, (0.0, kept.clip.seconds))
    pictures = alike(
        [(frequency_panel(values, feature.frequencies, span, unit="dB", own_scale=True),) for values in (kept.read, kept.drawn)]
    )
    mel, drawn = (_sound(feature, kept.clip, values, name) for values, name in ((kept.read, "mel"), (kept.drawn, "drawn")))
    sides = (
        ("What it reads", kept.clip, pictures[0], [Sound("log-mel alone", mel)]),
        ("What it draws from half the numbers", drawn, pictures[1], []),
    )
    for column, (title, clip, picture, sounds) in zip(st.columns(2, gap="medium"), sides, strict=True):
        with column:
            st.markdown(f"**{title}**")
            player(
                clip,
                key=f"{place}.{'drawn' if clip is drawn else 'read'}",
                panels=picture,
                height=HEIGHT,
                wave=48,
                sounds=sounds,
                link=LINK,
                title=title,
                view="log-mel",
            )
    off = float(np.abs(kept.read - kept.drawn).mean())
    st.caption(
        f"Its picture is off by {off:.1f} dB on average. Sound from a spectrogram needs made-up phases (Griffin-Lim), which "
        "costs clarity by itself: compare with “log-mel alone”, which is what a perfect autoencoder would give."
    )


def _tracks(run: Run) -> dict[str, Track]:
    """The run's valid tracks that can be heard; of a run with folds all of them."""
    try:
        found = cached.dataset(run.dataset_name, root().datasets)
    except DatasetError:
        return {}
    ids = run.track_ids("valid") or run.track_ids("train")
    known = {track_id: found.by_id[track_id] for track_id in ids if track_id in found.by_id}
    return {pickers.reference(found, track): track for track in known.values() if track.path is not None}


def _kept(run: Run, clip: Clip, number: int) -> Kept | None:
    classifier: Any = run.classifier()
    inputs, at = [], (0.0, 0.0)
    for feature in reversed(run.features):
        found = segment_features(clip, feature, run.segments)
        inputs.insert(0, found.values[number : number + 1])
        at = float(found.start_seconds[number]), float(found.end_seconds[number])
    drawn = classifier.reconstruct(*inputs) if hasattr(classifier, "reconstruct") else None
    if drawn is None:
        return None
    part = clip.resample(run.features[0].sr).slice(*at)
    n_frames = run.features[0].shape(part.n_samples)[-1]  # what was filled up with silence is not shown
    return Kept(part, inputs[0][0][:, :n_frames], drawn[0][:, :n_frames])


def _sound(feature: Any, clip: Clip, values: np.ndarray, name: str) -> Clip:
    """A log-mel spectrogram as sound, as long and as loud as `clip`."""

    def make() -> Clip:
        with st.spinner("Making sound of a picture ..."):
            return sound_of_bands(
                clip,
                np.power(10.0, values / 10.0).astype(np.float32),
                n_fft=feature.n_fft,
                hop_length=feature.hop_length,
                window=feature.window,
                fmin=feature.fmin,
                fmax=feature.highest,
                n_iter=REBUILD_STEPS,
                seed=0,
                progress=None,
            )

    return cached.rebuilt(clip, f"{name} {hash(values.tobytes())}", make)
