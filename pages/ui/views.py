"""The views of Explore: which feature each shows, and how it is drawn. Their words are in pages/texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from genre_core.features import FEATURES
from genre_core.features.base import Feature
from pages.figures.scene import Picture
from pages.ui import below, pictures
from pages.ui.pictures import Sight

Below = Callable[[str, Sight], None]


class View(NamedTuple):
    """One way to look at a sound.

    Attributes
    ----------
    family : str
        Under which it stands in the menu.
    short : str
        Its name there.
    feature : str
        Name of the feature whose parameters the form asks for; empty for none.
    picture : callable or None
        `picture(sight) -> Picture`; None where the waveform is all, or where it is no picture over time.
    fixed : dict
        Parameters that are not asked for.
    start : dict
        Parameters that begin otherwise than declared.
    has_log_axis : bool
        The frequency axis can be logarithmic or not.
    height : int
        Of wave and panels together [pixels].
    below, further : callable or None
        `draw(page, sight)` of what stands below the player, and below the words.
    """

    family: str
    short: str
    feature: str
    picture: Callable[[Sight], Picture] | None
    fixed: dict[str, Any] = {}  # noqa: RUF012 - never changed, as all of a NamedTuple
    start: dict[str, Any] = {}  # noqa: RUF012
    has_log_axis: bool = False
    height: int = 400
    below: Below | None = None
    further: Below | None = None

    @property
    def config(self) -> type[Feature] | None:
        """Class of the feature."""
        return FEATURES[self.feature] if self.feature else None


VIEWS: dict[str, View] = {
    "waveform": View("Waveform", "waveform", "", None, height=320),
    "loudness": View("Waveform", "loudness", "rms", pictures.loudness),
    "spectrum": View(
        "Spectrum", "spectrum", "spectrum", None, start={"scale": "dB"}, has_log_axis=True, height=240, below=below.draw_spectrum
    ),
    "spectrogram_db": View("Spectrogram", "in dB", "spectrogram", pictures.frequencies, {"scale": "dB"}, has_log_axis=True),
    "spectrogram": View("Spectrogram", "linear", "spectrogram", pictures.frequencies, {"scale": "linear"}, has_log_axis=True),
    "harmonic": View("Spectrogram", "harmonic", "harmonic", pictures.frequencies, {"scale": "dB"}, has_log_axis=True),
    "percussive": View("Spectrogram", "percussive", "percussive", pictures.frequencies, {"scale": "dB"}, has_log_axis=True),
    "log_mel": View("Mel", "log-mel", "log_mel", pictures.bands),
    "mel": View("Mel", "mel", "mel", pictures.bands),
    "mfcc": View("MFCC", "MFCC", "mfcc", pictures.coefficients, further=below.show_steps),
    "cqt": View("Pitch", "constant-Q", "cqt", pictures.bands),
    "chroma": View("Pitch", "chroma", "chroma", pictures.pitch_classes),
    "chroma_cqt": View("Pitch", "chroma CQT", "chroma_cqt", pictures.pitch_classes),
    "tonnetz": View("Pitch", "tonnetz", "tonnetz", pictures.tonnetz),
    "f0": View("Pitch", "melody", "f0", pictures.pitch, height=460, below=below.say_where),
    "onset": View("Rhythm", "onsets", "onset_strength", pictures.onsets),
    "beats": View("Rhythm", "beats", "onset_strength", pictures.beats, below=below.say_tempo),
    "tempogram": View("Rhythm", "tempogram", "tempogram", pictures.tempogram),
    "timbre": View("Timbre", "curves", "rolloff", pictures.timbre, has_log_axis=True, height=600),
    "contrast": View("Timbre", "contrast", "contrast", pictures.contrast),
}


def families() -> dict[str, list[str]]:
    """Names of the views under each entry of the menu."""
    found: dict[str, list[str]] = {}
    for name, view in VIEWS.items():
        found.setdefault(view.family, []).append(name)
    return found


def resolution(feature: Any, sr: int) -> str:
    """What the parameters resolve in time and frequency, in words."""
    hop = getattr(feature, "hop_length", None)
    if hop is None:
        return f"{sr:,} samples a second: frequencies up to {sr / 2000:g} kHz can be heard and seen."
    step = f"a new frame every {1000 * hop / feature.sr:.0f} ms"
    n_fft = getattr(feature, "n_fft", None)
    if n_fft is None:
        return f"Time: {step}."
    wide, apart = 1000 * n_fft / feature.sr, feature.sr / n_fft
    return f"Time: a frame lasts {wide:.0f} ms, {step}. Frequency: one bin each {apart:.1f} Hz; nearer tones melt into one."
