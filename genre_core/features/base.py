"""What every feature is: a frozen config that turns the spectra of a clip into one float32 array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.features.stft import Spectra, n_frames
from genre_core.params import Config, param

SAMPLE_RATES = (8000, 11025, 12000, 16000, 22050, 32000, 44100, 48000)


@dataclass(frozen=True)
class Feature(Config):
    """Base of all features. A subclass adds its params, `__call__` and `shape`, and a word in FEATURES.

    Class attributes
    ----------------
    title : words for a menu; unit : unit of the values, as printed on an axis.
    per_frame : True for shape (n_rows, n_frames), where a short segment is padded with silence to the model's length;
        False for one value a segment and row, where padding would falsify the value and is left away.
    context_seconds : where not zero, a segment is described by what surrounds it: by the stretch of this length that it lies in.
    """

    title: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    per_frame: ClassVar[bool] = True
    context_seconds = 0.0
    sr: int = param(
        22050, "Sample rate", unit="Hz", options=SAMPLE_RATES, help="Audio is resampled to this first.", advanced=True
    )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        """Compute the feature; float32, shape `self.shape(n_samples)`."""
        raise TypeError(f"{type(self).__name__} does not say how it is computed: define __call__.")

    def shape(self, n_samples: int) -> tuple[int, ...]:
        """Shape of the result for a clip of `n_samples` at the feature's own rate."""
        raise TypeError(f"{type(self).__name__} does not say its shape: define shape.")

    @property
    def value_unit(self) -> str:
        """Unit of the values with these parameters: `unit`, unless a parameter such as a scale changes it."""
        return self.unit

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of each row; empty where the rows are frequencies [Hz], which `frequencies` then says, or tempi (`tempi`)."""
        return ()

    def check_length(self, n_samples: int) -> None:
        """Raise `ParameterError` where a clip of `n_samples` at the feature's own rate is too short for these parameters.

        Such a clip is still computed, filled up with silence; a page asks first, as the picture would show little but that.
        """

    def of(self, clip: Clip) -> np.ndarray:
        """The feature of a whole clip, resampled to the feature's rate."""
        clip = clip.resample(self.sr)
        return self(Spectra(clip.y, sr=clip.sr))


class Timed(Feature):
    """A feature with frames: subclasses declare `hop_length` [samples] among their params; no feature by itself.

    Frames are centred: frame t covers samples around `t * hop_length`, with silence beyond the ends.
    """

    hop_length: int

    @property
    def n_rows(self) -> int:
        """Rows of the result."""
        return 1

    def shape(self, n_samples: int) -> tuple[int, ...]:
        return (self.n_rows, n_frames(n_samples, self.hop_length))

    def times(self, n_frames: int) -> np.ndarray:
        """Centre of each frame [s], float64, shape (n_frames,)."""
        return np.arange(n_frames) * (self.hop_length / self.sr)


@dataclass(frozen=True, eq=False)
class SegmentFeatures:
    """A feature of each segment of one track.

    Attributes
    ----------
    values : np.ndarray
        float32, shape (n_segments, *feature shape).
    start_seconds, end_seconds : np.ndarray
        True ends of each segment, padding left out, float64, shape (n_segments,).
    """

    values: np.ndarray
    start_seconds: np.ndarray
    end_seconds: np.ndarray


def heard(feature: Feature, start: int, stop: int, *, first: int, last: int) -> tuple[int, int]:
    """First sample, and the one behind the last, of what a feature hears to describe a segment.

    That is the segment itself. A feature with a context hears a stretch of `context_seconds` instead: stretches lie side by side
    from `first` on, and the middle of the segment says which one it is. What is left at the end is too little for a stretch of
    its own, so the last one ends at `last`; a track shorter than a stretch is one as it is.

    Parameters
    ----------
    feature : Feature
        Its rate is the one of all samples here.
    start, stop : int
        Of the segment.
    first, last : int
        Ends of the track, without what is skipped.
    """
    if not feature.context_seconds:
        return start, stop
    length = round(feature.context_seconds * feature.sr)
    begin = first + ((start + stop) // 2 - first) // length * length
    return (begin, begin + length) if begin + length <= last else (max(first, last - length), last)


def described(y: np.ndarray, feature: Feature, *, padding: int = 0) -> np.ndarray:
    """The feature of some samples at its rate, with so many samples of silence behind them where it has frames."""
    if feature.per_frame and padding:
        y = np.pad(y, (0, padding))
    return feature(Spectra(y, sr=feature.sr))


def segment_features(clip: Clip, feature: Feature, segments: SegmentConfig) -> SegmentFeatures:
    """Cut a clip and compute the feature of each segment. Training and serving both call this.

    Raises
    ------
    AudioError
        If the clip is shorter than what `segments` skips.
    """
    clip = clip.resample(feature.sr)
    cuts = segments.cut(clip.n_samples, sr=clip.sr)
    first, last = segments.ends(clip.n_samples, sr=clip.sr)
    values: list[np.ndarray] = []
    known: tuple[int, int] | None = None
    for cut in cuts:
        start, stop = place = heard(feature, cut.start, cut.stop, first=first, last=last)
        if place == known:  # segments of one stretch follow each other
            values.append(values[-1])
            continue
        values.append(described(clip.y[start:stop], feature, padding=cut.padding))
        known = place
    return SegmentFeatures(
        np.stack(values).astype(np.float32, copy=False),  # (n_segments, *feature shape)
        np.array([cut.start / clip.sr for cut in cuts]),
        np.array([cut.stop / clip.sr for cut in cuts]),
    )
