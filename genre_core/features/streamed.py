"""Segments of a sound that comes block by block, each with its feature, in bounded memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.features.base import Feature, SegmentFeatures, described, heard

ENDLESS = sys.maxsize
"""Where a track ends of which the end has not come yet."""


class Cutter:
    """Features of the segments of a stream: the segments that `SegmentConfig.cut` gives of the whole.

    It keeps the samples that a later segment may still need: from the next start on, and one segment before the end, since the
    last segment ends where the track ends. For a feature with a context the same holds of the stretch around a segment.
    """

    def __init__(self, feature: Feature, segments: SegmentConfig) -> None:
        self.feature, self.segments = feature, segments
        self.sr = feature.sr
        self.length = segments.length(self.sr)
        self.hop = max(1, round(segments.hop_seconds * self.sr))
        self.first, beyond = segments.ends(0, sr=self.sr)
        self.skip_end = -beyond
        self.next = self.first
        self.y = np.zeros(0, np.float32)
        self.offset = 0
        self._known: tuple[tuple[int, int], np.ndarray] | None = None
        self._resampler: Any = None
        self._name = ""

    def push(self, clip: Clip) -> Iterator[SegmentFeatures]:
        """Take a block; gives the segments that are complete, one at a time."""
        self._name = clip.name
        yield from self._take(self._resampled(clip.y, clip.sr, last=False))

    def finish(self) -> Iterator[SegmentFeatures]:
        """The segments that only the end of the track decides."""
        if self._resampler is not None:
            yield from self._take(self._resampled(np.zeros(0, np.float32), self.sr, last=True))
        n_samples = self.offset + self.y.size
        _, last = self.segments.ends(n_samples, sr=self.sr)
        for cut in self.segments.cut(n_samples, sr=self.sr):
            if self.next == self.first or cut.start > self.next - self.hop:
                yield self._features(cut.start, cut.stop, last)

    def _take(self, y: np.ndarray) -> Iterator[SegmentFeatures]:
        self.y = np.concatenate([self.y, y]) if self.y.size else y
        end = self.offset + self.y.size - self.skip_end
        while True:
            stop = self.next + self.length
            begin, behind = self._heard(self.next, stop, ENDLESS)
            if max(stop, behind) > end:
                break
            yield self._features(self.next, stop, end)
            self.next += self.hop
        most = self.length + round(self.feature.context_seconds * self.sr)  # before the end the last segment may hear so far back
        keep = max(self.offset, min(self.next, begin, end - most))
        self.y, self.offset = self.y[keep - self.offset :], keep

    def _heard(self, start: int, stop: int, last: int) -> tuple[int, int]:
        return heard(self.feature, start, stop, first=self.first, last=last)

    def _features(self, start: int, stop: int, last: int) -> SegmentFeatures:
        begin, end = place = self._heard(start, stop, last)
        if self._known is None or self._known[0] != place:
            y = self.y[begin - self.offset : end - self.offset]
            self._known = place, described(y, self.feature, padding=self.length - (stop - start))[None]
        return SegmentFeatures(self._known[1], np.array([start / self.sr]), np.array([stop / self.sr]))

    def _resampled(self, y: np.ndarray, sr: int, *, last: bool) -> np.ndarray:
        if self._resampler is None and sr == self.sr:
            return y
        if self._resampler is None:
            import soxr

            self._resampler = soxr.ResampleStream(sr, self.sr, 1, dtype="float32", quality="HQ")
        return self._resampler.resample_chunk(y, last=last)
