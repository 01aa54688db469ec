"""Take it away: the numbers of a view, the region as a sound, the MFCC of a whole data set."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from genre_core.audio import Clip, encode_wav
from genre_core.audio.recording import Recording
from genre_core.datasets.exporting import mfcc_json
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset
from genre_core.features.exporting import as_csv, as_json, as_npz
from genre_core.resynthesis import band_pass
from pages.ui.pictures import Sight
from pages.ui.player import Seen
from pages.ui.root import root
from pages.ui.words import plain

KINDS: dict[str, tuple[Callable[[Sight], str | bytes], str]] = {
    "CSV": (lambda sight: as_csv(sight.feature, _values(sight), start_seconds=sight.start), "text/csv"),
    "JSON": (
        lambda sight: as_json(sight.feature, _values(sight), clip=sight.clip, start_seconds=sight.start),
        "application/json",
    ),
    "npz": (
        lambda sight: as_npz(sight.feature, _values(sight), clip=sight.clip, start_seconds=sight.start),
        "application/zip",
    ),
}
"""How the numbers of a view are written: what a button does, and the kind of file."""

MOST_TRACKS = 500
"""Of a data set whose MFCC a page computes; a larger one is for the command line."""


def take(page: str, view: str, sight: Sight, seen: Seen, clip: Clip | Recording, dataset: Dataset | None) -> None:
    """A fold with what can be saved; the picture itself is saved beside the player."""
    with st.popover("Take it away", icon=":material/download:", width="stretch"):
        if sight.feature is not None:
            first, last = sight.start, sight.start + sight.clip.seconds
            st.caption(f"The numbers of this view, {first:.0f} to {last:.0f} s, as the feature gives them")
            with st.container(horizontal=True):
                for label, (write, mime) in KINDS.items():
                    st.download_button(
                        label,
                        partial(write, sight._replace(shared={})),  # a button is kept: it must not keep the spectra
                        file_name=f"{view}.{label.lower()}",
                        mime=mime,
                        key=f"{page}.take.{label}",
                        on_click="ignore",
                    )
        start, stop = seen.region or sight.visible
        band = f", {seen.band[0]:.0f} to {seen.band[1]:.0f} Hz" if seen.band else ""
        st.caption(f"The {'region' if seen.region else 'part shown'} as a sound: {start:.2f} to {stop:.2f} s{band}")
        st.download_button(
            "WAV",
            partial(_sound, clip, start, stop, seen.band),
            file_name=f"{view}-{start:.2f}-{stop:.2f}s.wav",
            mime="audio/wav",
            key=f"{page}.take.wav",
            on_click="ignore",
        )
        if dataset is not None:
            _of_all(page, dataset)


def _of_all(page: str, dataset: Dataset) -> None:
    """The MFCC of every track, in one file."""
    title = plain(dataset.title or dataset.name)
    st.caption(f"MFCC of the {len(dataset.tracks)} tracks of {title}, as tutorials read them, with track ids: split by these")
    if len(dataset.tracks) > MOST_TRACKS:
        st.code(f"python -m genre_core export --dataset {dataset.name} --format mfcc-json --out mfcc.json", language="bash")
        return
    st.download_button(
        "MFCC as JSON",
        partial(_dataset_mfcc, dataset, root().features),
        file_name=f"{dataset.name}-mfcc.json",
        mime="application/json",
        key=f"{page}.take.mfcc",
        on_click="ignore",
        help="Computed first: some seconds for 200 tracks.",
    )


def _values(sight: Sight) -> np.ndarray:
    """Computed anew: a button's work is done outside the visitor's session, whose caches it cannot see."""
    return sight.feature.of(sight.clip)


def _sound(clip: Clip | Recording, start: float, stop: float, band: tuple[float, float] | None) -> bytes:
    part = clip.slice(start, stop)
    return encode_wav(band_pass(part, low_hz=band[0], high_hz=band[1]) if band else part)


def _dataset_mfcc(dataset: Dataset, features: Path) -> bytes:
    with tempfile.TemporaryDirectory() as spare:
        out = Path(spare) / "mfcc.json"
        mfcc_json(dataset, out, FeatureStore(features))
        return out.read_bytes()
