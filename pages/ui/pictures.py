"""How each kind of view is drawn: from a feature's values to panels for the player."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from genre_core.audio import Clip
from genre_core.errors import ParameterError
from genre_core.features import FEATURES
from genre_core.features.base import Feature
from genre_core.features.stft import Spectra
from pages.figures import panels, scene
from pages.figures.panels import Span
from pages.figures.scene import Picture
from pages.figures.theme import ACCENT, NEUTRAL, WARM
from pages.ui import cached

PITCH_SECONDS = 10.0
"""What the fundamental frequency is looked for in at once: it takes ten times as long as any other view."""

TONNETZ_NAMES = ("5th x", "5th y", "min x", "min y", "maj x", "maj y")
"""Of the rows, as short as an axis wants them: circles of fifths, of minor thirds, of major thirds."""

_CENTROID, _ROLLOFF, _BANDWIDTH = "#35c9ff", "#ffffff", "#7cf29a"
COLOUR_WORDS = {_CENTROID: "light blue", _ROLLOFF: "white", _BANDWIDTH: "green"}


class Sight(NamedTuple):
    """What is looked at.

    Attributes
    ----------
    of : str
        Fingerprint of the sound that is looked at.
    clip : Clip
        The whole clip, or the part of a long one around what is visible.
    start : float
        Where that part begins [s].
    visible : (float, float)
        What the player shows [s].
    region : (float, float) or None
        What is selected [s].
    feature : Feature
        With the parameters that are asked for.
    shared : dict
        Spectra of the clip by sample rate, for as long as its pictures are made.
    log_frequency : bool
        An octave takes the same room everywhere.
    """

    of: str
    clip: Clip
    start: float
    visible: tuple[float, float]
    region: tuple[float, float] | None
    feature: Any
    shared: dict[int, Spectra]
    log_frequency: bool = True

    def values(self, feature: Feature | None = None) -> np.ndarray:
        """Of the clip, kept for the next look."""
        return cached.feature_values(self.clip, feature or self.feature, self.shared)

    def span(self, feature: Any = None) -> Span:
        """Of the feature's frames that which is drawn."""
        feature = feature or self.feature
        return Span(self.start, feature.hop_length / feature.sr, self.visible)

    def like(self, name: str, **changes: Any) -> Any:
        """Another feature with the parameters that both have in common."""
        other = FEATURES[name]
        own = self.feature.params()
        shared = {key: getattr(self.feature, key) for key in other.params() if key in own}
        return other(**{**shared, **changes})


def frequencies(sight: Sight) -> Picture:
    """Rows are bins of the Fourier transform."""
    feature = sight.feature
    return (
        panels.frequency_panel(
            sight.values(), feature.frequencies, sight.span(), unit=feature.value_unit, log_frequency=sight.log_frequency
        ),
    )


def bands(sight: Sight) -> Picture:
    """Rows are bands of equal height on a scale of their own: mel, constant-Q."""
    feature = sight.feature
    return (panels.frequency_panel(sight.values(), feature.frequencies, sight.span(), unit=feature.value_unit, own_scale=True),)


def coefficients(sight: Sight) -> Picture:
    """Each row in proportion to its own largest: the first MFCC would drown the others."""
    names = [name.replace("MFCC ", "") for name in sight.feature.rows]
    return (panels.rows_panel(sight.values(), names, sight.span(), title="MFCC", unit="", signed=True, each_row=True),)


def pitch_classes(sight: Sight) -> Picture:
    """Twelve rows, C to B."""
    return (
        panels.rows_panel(
            sight.values(), sight.feature.rows, sight.span(), title="Pitch class", unit="of the strongest", signed=False
        ),
    )


def tonnetz(sight: Sight) -> Picture:
    """Six rows, two for each of the circles of fifths, minor and major thirds."""
    rows = sight.feature.rows
    ticks = [(float(place), name) for place, name in enumerate(TONNETZ_NAMES)]
    return (
        panels.rows_panel(sight.values(), rows, sight.span(), title="Tonal centroid", unit="position", signed=True, ticks=ticks),
    )


def contrast(sight: Sight) -> Picture:
    """Peaks against valleys in each octave."""
    feature = sight.feature
    edges = [*feature.edges[:-1], feature.sr / 2]
    ticks = [(place - 0.5, f"{hertz / 1000:.3g}k" if hertz >= 1000 else f"{hertz:.0f}") for place, hertz in enumerate(edges)]
    return (
        panels.rows_panel(
            sight.values(), feature.rows, sight.span(), title="Bands between [Hz]", unit="dB", signed=False, ticks=ticks
        ),
    )


def loudness(sight: Sight) -> Picture:
    """Loudness above, sign changes below."""
    zcr = sight.like("zcr")
    return (
        _curve(sight, sight.feature, "RMS [full scale]", ACCENT),
        _curve(sight, zcr, "Sign changes [share]", WARM),
    )


def timbre(sight: Sight) -> Picture:
    """The shape of the spectrum in a few numbers, over the spectrogram they are taken from."""
    shown = sight.like("spectrogram", scale="dB")
    (panel,) = frequencies(sight._replace(feature=shown))
    cached.prepare_curves(sight.clip, [sight.like(name) for name in ("centroid", "rolloff", "flatness")], sight.shared)
    lines = [
        _line(sight, sight.like(name), title, colour, "Hz", halo=False)
        for name, title, colour in (
            ("centroid", "centroid", _CENTROID),
            ("bandwidth", "bandwidth", _BANDWIDTH),
            ("rolloff", f"roll-off {100 * sight.feature.roll_percent:.0f} %", _ROLLOFF),
        )
    ]
    over = scene.Panel(panel.axis, [*panel.layers, *lines], 3.2)
    below = [
        _curve(sight, sight.like(name), title, colour, share=0.8)
        for name, title, colour in (("flatness", "Flatness", ACCENT), ("zcr", "ZCR", WARM), ("rms", "RMS", NEUTRAL))
    ]
    return (over, *below)


def onsets(sight: Sight) -> Picture:
    """How much of a new sound begins in each frame, below the mel bands in which it shows."""
    (above,) = bands(sight._replace(feature=sight.like("log_mel")))
    return above, _curve(sight, sight.feature, "Onset strength", ACCENT, share=0.7)


def beats(sight: Sight) -> Picture:
    """Onset strength with the beats that explain it best."""
    above, below = onsets(sight)
    bpm, times = cached.beats(sight.clip)
    marks = scene.Marks([time + sight.start for time in times], f"beats, {bpm:.0f} a minute", "#d1495b")
    return (
        scene.Panel(above.axis, [*above.layers, scene.Marks(marks.times, "", "#ffffff")], above.share),
        scene.Panel(below.axis, [*below.layers, marks], below.share),
    )


def tempogram(sight: Sight) -> Picture:
    """Tempi at which the onsets repeat, over time."""
    feature = sight.feature
    tempi = np.asarray(feature.tempi, np.float64)
    kept = np.flatnonzero((tempi >= 30) & (tempi <= 300))[::-1]  # lags grow as tempi fall
    values = sight.values()[kept]
    (panel,) = (panels.frequency_panel(values, tempi[kept], sight.span(), unit="likeness", log_frequency=True),)
    ticks = [(float(value), str(value)) for value in (30, 40, 60, 80, 100, 120, 160, 200, 240, 300)]
    axis = scene.Axis("Tempo [beats a minute]", panel.axis.low, panel.axis.high, log=True, kind="value", ticks=ticks)
    return (scene.Panel(axis, panel.layers),)


def pitch(sight: Sight) -> Picture:
    """The fundamental frequency on the spectrogram, in the region or the first seconds of what is visible."""
    feature = sight.feature
    shown = sight.like("spectrogram", scale="dB", n_fft=4096, hop_length=max(512, feature.hop_length))
    (panel,) = frequencies(sight._replace(feature=shown, log_frequency=True))
    axis = panels.frequency_axis(50.0, min(4000.0, feature.sr / 2), log_frequency=True)
    start, stop = pitch_region(sight)
    part = cached.part(sight.clip, start - sight.start, stop - sight.start)
    found, voiced = sight._replace(clip=part, shared={}).values()
    curve = np.where(found > 0, found, np.nan).astype(np.float32)
    step = feature.hop_length / feature.sr
    span = Span(start, step, (start, stop))
    over = panels.line(curve, span, name="", colour=_CENTROID, unit="Hz", halo=False, is_pitch=True)
    sure = panels.line(voiced, span, name="", colour=ACCENT)
    return (
        scene.Panel(axis, [*panel.layers, over], 3.0),
        panels.value_panel([sure], title="Voiced", low=0.0, high=1.0, share=0.8),
    )


def pitch_region(sight: Sight) -> tuple[float, float]:
    """Where the fundamental frequency is looked for: the region, or the first seconds of what is visible."""
    first, last = sight.start, sight.start + sight.clip.seconds
    start, stop = sight.region or sight.visible
    start, stop = max(first, start), min(last, stop, start + PITCH_SECONDS)
    if stop <= start:
        raise ParameterError("The region lies outside what is shown. Select one inside the picture.")
    return start, stop


def _line(sight: Sight, feature: Any, name: str, colour: str, unit: str, *, halo: bool) -> scene.Line:
    return panels.line(sight.values(feature)[0], sight.span(feature), name=name, colour=colour, unit=unit, halo=halo)


def _curve(sight: Sight, feature: Any, title: str, colour: str, *, share: float = 1.0) -> scene.Panel:
    return panels.value_panel([_line(sight, feature, "", colour, "", halo=False)], title=title, share=share)
