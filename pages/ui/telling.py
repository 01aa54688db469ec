"""What a view says of the selected region, in numbers; the picture itself shows all that is in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from pages.figures.sound import SEMITONE
from pages.figures.theme import note_name
from pages.ui import cached
from pages.ui.below import looked_at
from pages.ui.pictures import Sight

LEAST_BEAT_SECONDS = 4.0
"""A tempo is not looked for in less."""

Telling = Callable[[Sight], str]


def say_region(name: str, sight: Sight) -> None:
    """One line below the picture: numbers of the region, and what it does to the view."""
    told = TOLD.get(name)
    if told is None:  # the view says so itself
        return
    if sight.region is None:
        st.caption(
            "All in sight. Drag over the picture to select a region: it is heard alone, told of in numbers, and taken away."
        )
        return
    _, (start, stop) = looked_at(sight)
    st.caption(f"**Region {start:.2f} to {stop:.2f} s:** {told(sight)}. The picture shows all in sight.")


def _inside(sight: Sight, feature: Any = None) -> np.ndarray:
    """Values of the frames whose centres lie in the region, at least one, shape (n_rows, n_inside)."""
    feature = feature or sight.feature
    values = sight.values(feature)
    _, (start, stop) = looked_at(sight)
    step = feature.hop_length / feature.sr
    first = min(int(np.ceil((start - sight.start) / step)), values.shape[1] - 1)
    return values[:, first : max(first + 1, int((stop - sight.start) / step) + 1)]


def _mean(sight: Sight, name: str) -> float:
    return float(_inside(sight, sight.like(name)).mean())


def _samples(sight: Sight) -> str:
    part, _ = looked_at(sight)
    rms = float(np.sqrt(np.mean(np.square(part.y, dtype=np.float64))))
    return f"peak {part.peak:.2f}, RMS {rms:.3f} of full scale"


def _loudness(sight: Sight) -> str:
    return f"mean RMS {_inside(sight).mean():.3f} of full scale, sign changes at {100 * _mean(sight, 'zcr'):.1f} % of the samples"


def _loudest(sight: Sight) -> str:
    hertz = np.asarray(sight.feature.frequencies)
    row = int(_inside(sight).mean(axis=1).argmax())
    near = float(np.diff(hertz[max(0, row - 1) : row + 2]).max(initial=0.0))
    found = float(hertz[row])
    note = f" ({note_name(found)})" if near < 1.2 * SEMITONE * found else ""
    return f"strongest on average around {found:.0f} Hz{note}"


def _coefficients(sight: Sight) -> str:
    shown = ", ".join(f"{value:.0f}" for value in _inside(sight)[:4].mean(axis=1)).replace("-", "−")
    return f"mean of the first coefficients {shown}; the steps below are those of the frame at its start"


def _classes(sight: Sight) -> str:
    means = _inside(sight).mean(axis=1)
    strongest = [sight.feature.rows[row] for row in np.argsort(-means)[:3]]
    return f"strongest {strongest[0]}, then {strongest[1]} and {strongest[2]}"


def _centroids(sight: Sight) -> str:
    return "mean " + ", ".join(
        f"{name} {value:.2f}" for name, value in zip(sight.feature.rows, _inside(sight).mean(axis=1), strict=True)
    ).replace("-", "−")


def _onsets(sight: Sight) -> str:
    return f"mean onset strength {_inside(sight).mean():.2f} dB, strongest {_inside(sight).max():.1f} dB"


def _tempo(sight: Sight) -> str:
    part, (start, stop) = looked_at(sight)
    if stop - start < LEAST_BEAT_SECONDS:
        return f"too short for a tempo of its own, which takes {LEAST_BEAT_SECONDS:.0f} s"
    bpm, times = cached.beats(part)
    return f"{bpm:.0f} beats a minute by itself, {len(times)} beats"


def _tempi(sight: Sight) -> str:
    tempi = np.asarray(sight.feature.tempi)
    means = np.where((tempi >= 30) & (tempi <= 300), _inside(sight).mean(axis=1), -np.inf)
    return f"repeats best at {tempi[int(means.argmax())]:.0f} beats a minute"


def _timbre(sight: Sight) -> str:
    shape = ", ".join(f"{title} {_mean(sight, name):.0f} Hz" for name, title in _SHAPE)
    return f"mean {shape}, flatness {_mean(sight, 'flatness'):.3f}"


def _contrast(sight: Sight) -> str:
    return f"mean contrast {_inside(sight).mean():.1f} dB over all bands"


_SHAPE = (("centroid", "centroid"), ("bandwidth", "bandwidth"), ("rolloff", "roll-off"))

TOLD: dict[str, Telling] = {
    "waveform": _samples,
    "loudness": _loudness,
    "spectrogram_db": _loudest,
    "spectrogram": _loudest,
    "harmonic": _loudest,
    "percussive": _loudest,
    "log_mel": _loudest,
    "mel": _loudest,
    "mfcc": _coefficients,
    "cqt": _loudest,
    "chroma": _classes,
    "chroma_cqt": _classes,
    "tonnetz": _centroids,
    "onset": _onsets,
    "beats": _tempo,
    "tempogram": _tempi,
    "timbre": _timbre,
    "contrast": _contrast,
}
"""By view; spectrum and fundamental frequency, which are of the region alone, say so themselves."""
