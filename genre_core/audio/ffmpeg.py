"""Decoding with FFmpeg through PyAV: m4a, mp4, webm, wma, wv and whatever libsndfile refuses."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from genre_core.audio.clip import AudioFacts
from genre_core.audio.sources import Bytestream
from genre_core.errors import AudioError

_DEMUXERS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,latm,loas,m4v,matroska,mlp,mov,mp3,mpc,mpc8,"
    "mpeg,mpegts,mxf,nut,ogg,oma,rm,sox,tak,truehd,tta,voc,w64,wav,wtv,wv,xwma"
)
"""Containers taken. Playlists (hls, concat, dash) stay out: they would make the server open other files and addresses."""

_NO_LENGTH = {"aac", "ac3", "amr", "dts", "eac3", "loas", "mlp", "mp3", "mpeg", "mpegts", "truehd"}
"""Containers without a length; FFmpeg guesses one from the bit rate, which may be far off."""

_CONTAINERS = {"mov": "mp4", "matroska": "webm"}
_FIXED_FRAMES = {"aac", "ac3", "eac3", "mp2", "mp3", "mp3float", "opus", "libopus", "wmav1", "wmav2"}
"""Codecs whose frames are of one size, so that a rounded time stamp still names one frame."""

_FULL_SCALE = {"u1": 2**7, "i2": 2**15, "i4": 2**31, "i8": 2**63}
_PREROLL_SECONDS = (
    1.0  # what a decoder needs before its output is right: the overlap of AAC and Opus, the bit reservoir of MP3 and WMA
)
_SEEK_FROM_SECONDS = 10.0  # nearer to the start, decoding from the first frame costs less than it saves

NO_SOUND = "It holds no sound, pictures or text at most."
"""Said of a file that is whole but for sound."""


class _Seeking:
    """A stream that answers a seek to nowhere as FFmpeg expects it, by a negative number; damaged headers ask for such."""

    def __init__(self, stream: Bytestream) -> None:
        self._seek, self.read, self.tell = stream.seek, stream.read, stream.tell

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return int(self._seek(offset, whence))
        except (OSError, ValueError):
            return -errno.EINVAL


class FfmpegReader:
    """A `Reader` over FFmpeg. It raises `AudioError` where FFmpeg refuses or there is no sound."""

    def __init__(self, stream: Bytestream) -> None:
        import av

        self._errors: tuple[type[Exception], ...] = (av.FFmpegError, OSError)  # OSError: the drive itself fails to read
        options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "none"}
        try:
            self._container: Any = av.open(_Seeking(stream), mode="r", options=options, metadata_errors="ignore")
        except (*self._errors, ValueError) as error:
            raise AudioError(_reason(error), kind="not_audio") from error
        try:
            self._open()
        except AudioError:
            self.close()
            raise

    def _open(self) -> None:
        if not self._container.streams.audio:
            raise AudioError(NO_SOUND, kind="not_audio")
        self._stream = self._container.streams.audio[0]
        self._pending: Iterator[Any] = self._decoded()
        first = next(self._pending, None)
        if first is None:
            kind = "damaged" if self._failed else "no_samples"
            raise AudioError("Its header is there, but not a single sample can be decoded.", kind=kind)
        self.rate = int(first.sample_rate)
        self._first = first
        self._skip = 0
        self._pending = chain([first], self._pending)
        container = self._container.format.name.split(",")[0]
        self.facts = AudioFacts(
            _CONTAINERS.get(container, container),
            self._stream.codec_context.codec.canonical_name,
            self.rate,
            int(first.layout.nb_channels),
            None if container in _NO_LENGTH else self._seconds(),
        )

    def _seconds(self) -> float | None:
        if self._stream.duration:
            seconds = float(self._stream.duration * self._stream.time_base)
        else:
            seconds = (self._container.duration or 0) / 1_000_000
        return seconds if seconds > 0 else None

    def _decoded(self) -> Iterator[Any]:
        """Frames from here on. A packet that cannot be decoded is left out, as players do; a broken container ends it."""
        self._failed = 0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except self._errors:
                self._failed += 1
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except self._errors:
                self._failed += 1
                continue
            yield from (frame for frame in frames if frame.samples)

    def pieces(self) -> Iterator[np.ndarray]:
        for frame in self._pending:
            if frame.sample_rate != self.rate:
                return  # only a damaged stream changes its rate: what came before it stands
            y = mono(frame)
            if self._skip >= y.size:
                self._skip -= y.size
                continue
            yield y[self._skip :]
            self._skip = 0

    def seek(self, frame: int) -> None:
        self._skip = frame
        preroll = int(_PREROLL_SECONDS * self.rate)
        if frame > _SEEK_FROM_SECONDS * self.rate and (landed := self._jump(frame - preroll)) is not None and landed <= frame:
            self._skip = frame - landed

    def _jump(self, frame: int) -> int | None:
        """Seek near a frame; the frame that decoding now starts with, or None after going back to the start."""
        base = self._stream.time_base
        origin = self._first.pts
        if origin is not None and base is not None:
            try:
                self._container.seek(int(origin + frame / self.rate / base), stream=self._stream)
                pending = self._decoded()
                start, second = next(pending, None), next(pending, None)
            except self._errors:
                start = second = None
            if start is not None and second is not None and start.pts is not None:
                position = self._position(start, second)
                if position is not None:
                    self._pending = chain([start, second], pending)
                    return position
        self._rewind()
        return None

    def _position(self, start: Any, second: Any) -> int | None:
        """Number of samples before a frame, by its time stamp; None where the stamp is too coarse to tell."""
        base = self._stream.time_base
        exact = float((start.pts - self._first.pts) * base) * self.rate
        if base * self.rate <= 1:
            return round(exact)
        size = second.samples
        if self._stream.codec_context.codec.canonical_name not in _FIXED_FRAMES or start.samples != size:
            return None
        lead = self._first.samples  # the first frame may be cut short by the encoder's delay
        nearest = lead + round((exact - lead) / size) * size
        return nearest if abs(nearest - exact) <= 1.5 * base * self.rate else None

    def _rewind(self) -> None:
        self._container.seek(0, backward=True, any_frame=False)
        self._pending = self._decoded()

    def close(self) -> None:
        self._container.close()


def mono(frame: Any) -> np.ndarray:
    """Mean over the channels of a PyAV frame, float32, shape (n_samples,), full scale [-1, 1]."""
    x = frame.to_ndarray()  # (n_channels, n_samples), or (1, n_samples * n_channels) where channels are interleaved
    if not frame.format.is_planar:
        x = x.reshape(-1, frame.layout.nb_channels).T  # (n_channels, n_samples)
    scale = _FULL_SCALE.get(x.dtype.str[1:], 0)
    if x.dtype.kind == "u":
        x = x.astype(np.float32) - scale
    with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity are refused where the frames are used
        y = x.mean(axis=0, dtype=np.float64 if x.dtype.itemsize > 2 else np.float32)
        return (y / scale if scale else y).astype(np.float32)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
