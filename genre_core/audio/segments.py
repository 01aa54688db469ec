"""Cutting a track into segments of one length: every second is covered, and padding never votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from genre_core.errors import AudioError, ParameterError
from genre_core.params import Config, fingerprint, param


@dataclass(frozen=True)
class Segment:
    """One cut, in samples of the clip it belongs to.

    Attributes
    ----------
    start, stop : int
        First sample and the one behind the last.
    length : int
        Length that the model expects; `stop - start` is less only where the whole track is shorter.
    """

    start: int
    stop: int
    length: int

    @property
    def padding(self) -> int:
        """Samples of silence to add behind, so that the model gets its length."""
        return self.length - (self.stop - self.start)


@dataclass(frozen=True)
class SegmentConfig(Config):
    """How a track is cut.

    The last segment ends where the track ends, overlapping the one before it if need be, so that no second is lost and none
    is made up; only a remainder shorter than `tail_seconds` gets no segment of its own. A track shorter than one segment is a
    single segment whose true length is known.
    """

    name: ClassVar[str] = "segments"
    segment_seconds: float = param(3.0, "Segment length", unit="s", low=0.1, high=600.0, help="What the model sees at once.")
    hop_seconds: float = param(3.0, "Hop", unit="s", low=0.05, high=600.0, help="Time from one segment's start to the next.")
    skip_start_seconds: float = param(
        0.0, "Skip at start", unit="s", low=0.0, high=600.0, help="Left out: intros.", advanced=True
    )
    skip_end_seconds: float = param(0.0, "Skip at end", unit="s", low=0.0, high=600.0, help="Left out: fade-outs.", advanced=True)
    tail_seconds: float = param(
        0.0,
        "Shortest tail",
        unit="s",
        low=0.0,
        high=600.0,
        help="A remainder shorter than this gets no segment of its own.",
        advanced=True,
    )

    @property
    def fingerprint(self) -> str:
        """As of any config; what cuts as before there was a shortest tail keeps the one that features are stored under."""
        values = {**self.to_dict(), "version": self.version}
        if not self.tail_seconds:
            del values["tail_seconds"]
        return fingerprint(values)

    def check(self) -> None:
        if self.hop_seconds > self.segment_seconds:
            raise ParameterError(
                "hop_seconds must not exceed segment_seconds, or seconds between segments would be lost. "
                f"Received: hop_seconds={self.hop_seconds}, segment_seconds={self.segment_seconds}."
            )

    def length(self, sr: int) -> int:
        """Samples of one segment at rate `sr` [Hz]."""
        return round(self.segment_seconds * sr)

    def ends(self, n_samples: int, *, sr: int) -> tuple[int, int]:
        """First sample, and the one behind the last, of what is not skipped of a track of `n_samples` at rate `sr` [Hz]."""
        return round(self.skip_start_seconds * sr), n_samples - round(self.skip_end_seconds * sr)

    def cut(self, n_samples: int, *, sr: int) -> list[Segment]:
        """Segments of a track of `n_samples` at rate `sr` [Hz], in order of time.

        Raises
        ------
        AudioError
            If nothing is left between what is skipped at start and end.
        """
        first, last = self.ends(n_samples, sr=sr)
        if last <= first:
            raise AudioError(
                f"Expected more than {self.skip_start_seconds + self.skip_end_seconds:g} s, which are skipped at start and end. "
                f"Received: {n_samples / sr:.2f} s. Skip less, or leave this track out.",
                kind="too_short",
            )
        length, hop = self.length(sr), max(1, round(self.hop_seconds * sr))
        if last - first <= length:
            return [Segment(first, last, length)]
        starts = list(range(first, last - length + 1, hop))
        if last - (starts[-1] + length) >= max(1, round(self.tail_seconds * sr)):
            starts.append(last - length)
        return [Segment(start, start + length, length) for start in starts]
