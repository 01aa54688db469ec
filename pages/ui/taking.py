"""Take it away: the numbers of a view, the region as a sound, the MFCC of a whole data set."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st

from genre_core.audio import Clip, encode_wav
from genre_core.audio.recording import Recording
from genre_core.datasets.exporting import mfcc_json
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset
from genre_core.features.exporting import as_csv, as_json, as_npz
from genre_core.resynthesis import band_pass
from pages.ui import cached, pickers, words
from pages.ui.errors import spoken
from pages.ui.pictures import Sight
from pages.ui.player import Seen, file_name
from pages.ui.root import root


class Kind(NamedTuple):
    """How the numbers of a view are written: what a button does, the kind of file, and about how many bytes a number takes."""

    write: Callable[[Sight, tuple[float, float]], str | bytes]
    mime: str
    bytes_a_number: float


def _csv(sight: Sight, stretch: tuple[float, float]) -> str:
    values, start = numbers(sight, stretch)
    return as_csv(sight.feature, values, start_seconds=start)


def _json(sight: Sight, stretch: tuple[float, float]) -> str:
    values, start = numbers(sight, stretch)
    return as_json(sight.feature, values, clip=sight.clip, start_seconds=start)


def _npz(sight: Sight, stretch: tuple[float, float]) -> bytes:
    values, start = numbers(sight, stretch)
    return as_npz(sight.feature, values, clip=sight.clip, start_seconds=start)


KINDS = {
    "CSV": Kind(_csv, "text/csv", 12.0),
    "JSON": Kind(_json, "application/json", 13.0),
    "npz": Kind(_npz, "application/zip", 3.7),
}

MOST_TRACKS = 500
"""Of a data set whose MFCC a page computes; a larger one is for the command line."""

MFCC_BYTES_A_SECOND = 13 * 22050 / 512 * 11
SECONDS_A_SOUND_SECOND = 0.003
"""What the MFCC of a second of music take on one core, decoding and writing included."""


def take(page: str, view: str, sight: Sight, seen: Seen, chosen: pickers.Chosen, dataset: Dataset | None) -> None:
    """A fold with what can be saved; the picture itself is saved beside the player."""
    with st.popover("Take it away", icon=":material/download:", width="stretch"):
        stretch, what = _stretch(page, sight, seen)
        span = f"{stretch[0]:.2f}-{stretch[1]:.2f}s"
        if sight.feature is not None:
            count = n_numbers(sight, stretch)
            st.caption(f"The numbers of {what}, as the feature gives them: {count:,}")
            with st.container(horizontal=True):
                for label, kind in KINDS.items():
                    st.download_button(
                        f"{label}, {size(count * kind.bytes_a_number)}",
                        partial(kind.write, sight._replace(shared={}), stretch),  # a button is kept: it must not keep the spectra
                        file_name=f"{file_name(chosen.title, view, span)}.{label.lower()}",
                        mime=kind.mime,
                        key=f"{page}.take.{label}",
                        on_click="ignore",
                    )
        band = f", {seen.band[0]:.0f} to {seen.band[1]:.0f} Hz" if seen.band else ""
        st.caption(f"The sound of {what}{band}")
        st.download_button(
            f"WAV, {size(2 * chosen.clip.sr * (stretch[1] - stretch[0]))}",
            partial(_sound, chosen.clip, *stretch, seen.band),
            file_name=f"{file_name(chosen.title, span)}.wav",
            mime="audio/wav",
            key=f"{page}.take.wav",
            on_click="ignore",
        )
        if dataset is not None:
            _of_all(page, dataset)


def _stretch(page: str, sight: Sight, seen: Seen) -> tuple[tuple[float, float], str]:
    """From where to where is taken: the region where there is one, or all that is in sight; and that in words."""
    in_sight = (max(sight.visible[0], sight.start), min(sight.visible[1], sight.start + sight.clip.seconds))
    offered = {"all in sight": in_sight}
    if seen.region:
        offered = {"the region": seen.region, **offered}
    name = "all in sight"
    if len(offered) > 1:
        name = st.radio("Of", list(offered), key=f"{page}.take.of", horizontal=True, label_visibility="collapsed")
    start, stop = offered[name]
    return (start, stop), f"{name}, {start:.2f} to {stop:.2f} s"


def n_numbers(sight: Sight, stretch: tuple[float, float]) -> int:
    """How many numbers a file of the view will hold."""
    rows, *frames = sight.feature.shape(round(sight.clip.seconds * sight.feature.sr))
    if not frames:
        return rows
    step = sight.feature.hop_length / sight.feature.sr
    return rows * max(1, min(frames[0], round((stretch[1] - stretch[0]) / step) + 1))


def size(n_bytes: float) -> str:
    """`about 16 MB`, `about 40 kB`."""
    return f"about {n_bytes / 1e6:.0f} MB" if n_bytes >= 2e6 else f"about {max(1.0, n_bytes / 1e3):.0f} kB"


def numbers(sight: Sight, stretch: tuple[float, float]) -> tuple[np.ndarray, float]:
    """Values of the frames whose centres lie in a stretch, the same as in the picture, and the time of the first [s].

    Computed anew: a button's work is done outside the visitor's session, whose caches it cannot see. What has no frames, and the
    fundamental frequency, which takes long, are computed of the stretch alone.
    """
    feature, (start, stop) = sight.feature, stretch
    if not feature.per_frame or feature.name == "f0":
        first = max(0.0, start - sight.start)
        return feature.of(sight.clip.slice(first, stop - sight.start)), sight.start + first
    values = feature.of(sight.clip)
    step = feature.hop_length / feature.sr
    begin = min(max(0, int(np.ceil((start - sight.start) / step - 1e-9))), values.shape[1] - 1)
    end = max(begin + 1, int((stop - sight.start) / step + 1e-9) + 1)
    return values[:, begin:end], sight.start + begin * step


def _of_all(page: str, dataset: Dataset) -> None:
    """The MFCC of every track, in one file: computed where they are not stored yet, then to be saved."""
    title = words.plain(dataset.title or dataset.name)
    st.caption(f"MFCC of the {len(dataset.tracks)} tracks of {title}, as tutorials read them, with track ids: split by these")
    if len(dataset.tracks) > MOST_TRACKS:
        st.code(f"python -m genre_core export --dataset {dataset.name} --format mfcc-json --out mfcc.json", language="bash")
        return
    missing = cached.without_mfcc(dataset)
    if missing:
        expected = words.duration(
            max(1.0, SECONDS_A_SOUND_SECOND * sum(track.seconds for track in missing) / (os.cpu_count() or 1))
        )
        line = st.empty()
        if not st.button(f"Compute MFCC first, about {expected}", key=f"{page}.take.compute"):
            return
        with spoken():
            line.progress(0.0, text="MFCC ...")
            _dataset_mfcc(
                dataset,
                root().features,
                lambda done, total, left: line.progress(done / total, text=f"MFCC: {done} of {total} tracks, {words.left(left)}"),
            )
        line.empty()
        cached.forget_mfcc()
    st.download_button(
        f"MFCC as JSON, {size(MFCC_BYTES_A_SECOND * sum(track.seconds for track in dataset.tracks))}",
        partial(_dataset_mfcc, dataset, root().features),
        file_name=f"{file_name(dataset.name, 'mfcc')}.json",
        mime="application/json",
        key=f"{page}.take.mfcc",
        on_click="ignore",
    )


def _sound(clip: Clip | Recording, start: float, stop: float, band: tuple[float, float] | None) -> bytes:
    part = clip.slice(start, stop)
    return encode_wav(band_pass(part, low_hz=band[0], high_hz=band[1]) if band else part)


def _dataset_mfcc(dataset: Dataset, features: Path, progress: Callable[[int, int, float | None], None] | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as spare:
        out = Path(spare) / "mfcc.json"
        mfcc_json(dataset, out, FeatureStore(features), progress=progress)
        return out.read_bytes()
