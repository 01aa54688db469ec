"""What stands below the player in some views: the spectrum of a region, where a melody was looked for, how MFCC come about."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genre_core.audio import Clip
from genre_core.errors import ParameterError
from genre_core.features.peaks import spectrum_peaks
from genre_core.features.steps import mfcc_steps
from pages.figures import sound
from pages.figures.mfcc_chain import CHAIN
from pages.figures.theme import PLAIN_CONFIG, ZOOM_CONFIG
from pages.ui import cached
from pages.ui.pictures import PITCH_SECONDS, Sight, pitch_region
from pages.ui.view_words import view_words

IN_A_ROW = 4


def show_steps(page: str, sight: Sight) -> None:
    """From a frame of samples to its coefficients, at the start of the region or in the middle of what is visible."""
    middle = sight.region[0] if sight.region else sum(sight.visible) / 2
    inside = min(max(0.0, middle - sight.start), sight.clip.seconds)
    spectra = cached.spectra_of(sight.clip, sight.feature.sr, sight.shared)
    steps = mfcc_steps(sight.clip, at_seconds=inside, config=sight.feature, spectra=spectra)
    told = view_words("mfcc").steps
    st.subheader("How a column comes about", anchor=False)
    where = "where the region begins" if sight.region else "in the middle of the picture; select a region to look elsewhere"
    st.caption(f"At {middle:.2f} s, {where}.")
    names = list(CHAIN)
    for first in range(0, len(names), IN_A_ROW):
        for place, name in zip(st.columns(IN_A_ROW), names[first : first + IN_A_ROW], strict=False):
            with place:
                st.markdown(f"**{names.index(name) + 1}. {told[name].title}**")
                st.plotly_chart(CHAIN[name](steps), key=f"{page}.step.{name}", config=PLAIN_CONFIG)
                st.caption(told[name].sentence)


def draw_spectrum(page: str, sight: Sight) -> None:
    """The spectrum of the region, or of all that is shown, with its peaks named as notes."""
    part, (first, last) = looked_at(sight)
    feature = sight.feature
    values = cached.feature_values(part, feature)
    levels = values if feature.value_unit == "dB" else cached.feature_values(part, feature.replace(scale="dB"))
    peaks = spectrum_peaks(levels, sr=feature.sr, window=feature.window)
    figure = sound.spectrum(
        feature.frequencies, values, unit=feature.value_unit, log_frequency=sight.log_frequency, peaks=peaks, height=350
    )
    show_chart(page, "spectrum", figure)
    what = "the region" if sight.region else "what is shown above"
    unsure = (
        "" if all(peak.is_note for peak in peaks) else " Where a bin is wider than a semitone, a peak has its frequency alone."
    )
    st.caption(
        f"Of {what}, {first:.2f} to {last:.2f} s. Select a region to see the spectrum of a single note or hit.{unsure} "
        "0 dB is a sine of full scale."
    )


def looked_at(sight: Sight) -> tuple[Clip, tuple[float, float]]:
    """The region, or what is visible, as a clip, and its ends [s]."""
    start, stop = sight.region or sight.visible
    first, last = max(start, sight.start), min(stop, sight.start + sight.clip.seconds)
    if last <= first:
        raise ParameterError("The region lies outside what is shown. Select one inside the picture.")
    return cached.part(sight.clip, first - sight.start, last - sight.start), (first, last)


def show_chart(page: str, name: str, figure: Any) -> None:
    """A chart that can be zoomed into and saved."""
    kind = st.session_state.setdefault(f"{page}.saved_as", "png")
    saving = {**ZOOM_CONFIG["toImageButtonOptions"], "format": kind}
    st.plotly_chart(figure, key=f"{page}.figure.{name}", config={**ZOOM_CONFIG, "toImageButtonOptions": saving})
    st.segmented_control("The camera above the picture saves it as", ["png", "svg"], key=f"{page}.saved_as", required=True)


def say_tempo(page: str, sight: Sight) -> None:
    """The tempo that was found, and how far to trust it."""
    bpm, times = cached.beats(sight.clip)
    st.caption(
        f"Found in all of it: {bpm:.0f} beats a minute, {len(times)} beats. Half or twice what a listener would tap is "
        "the usual error: choose “with clicks” and judge by ear."
    )


def say_where(page: str, sight: Sight) -> None:
    """Which part the fundamental frequency was looked for in."""
    start, stop = pitch_region(sight)
    limit = f"at most {PITCH_SECONDS:.0f} s of it"
    st.caption(f"Looked for from {start:.1f} to {stop:.1f} s: the region, {limit}. Select a place where one voice sounds alone.")
