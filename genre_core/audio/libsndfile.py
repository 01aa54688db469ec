"""Decoding with libsndfile: wav, aiff, au, caf, flac, ogg, opus, mp3."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from genre_core.audio.clip import AudioFacts
from genre_core.audio.sources import Bytestream
from genre_core.errors import AudioError

_PIECE_SAMPLES = 2**17
_UNKNOWN_FRAMES = 2**60  # libsndfile's word for a length that the header leaves open is the largest integer
_CODECS = {"mpeg_layer_i": "mp1", "mpeg_layer_ii": "mp2", "mpeg_layer_iii": "mp3"}


@cache
def _forward_file() -> Any:
    """A SoundFile that reads straight on.

    soundfile seeks to where it stands after each read of a seekable file; for mp3 that resets the decoder, and every seam clicks.
    """
    import soundfile

    class ForwardFile(soundfile.SoundFile):
        def seekable(self) -> bool:
            return False  # seek() itself works all the same

    return ForwardFile


class SndfileReader:
    """A `Reader` over libsndfile. It raises `AudioError` where libsndfile refuses, or gives nothing.

    The first piece is read at once: of a FLAC file libsndfile gives nothing of a piece in which a frame is damaged, and FFmpeg
    leaves out that frame alone.
    """

    def __init__(self, stream: Bytestream) -> None:
        import soundfile

        self._errors: tuple[type[Exception], ...] = (soundfile.SoundFileError,)
        try:
            self._file = _forward_file()(stream)
        except (soundfile.SoundFileError, TypeError) as error:
            raise AudioError(_reason(error), kind="not_audio") from error
        self.rate = int(self._file.samplerate)
        frames = int(self._file.frames)
        if frames <= 0:
            self.close()
            raise AudioError("Its header is there, but not a single sample follows.", kind="no_samples")
        self._frames = frames if frames < _UNKNOWN_FRAMES else None
        codec = self._file.subtype.lower()
        self.facts = AudioFacts(
            self._file.format.lower(),
            _CODECS.get(codec, codec),
            self.rate,
            int(self._file.channels),
            frames / self.rate if self._frames and self.rate else None,
        )
        self._first = self._piece()
        if self._first is None:
            self.close()
            raise AudioError("Its header is there, but not a single sample can be decoded.", kind="damaged")

    def _piece(self) -> np.ndarray | None:
        """The next samples; None at the end, or where the file breaks off: what came before it stands."""
        n_frames = max(256, _PIECE_SAMPLES // self.facts.channels)
        try:
            x = self._file.read(n_frames, dtype="float32", always_2d=True)  # (n_frames, n_channels)
        except self._errors:
            return None
        if not len(x):
            return None
        with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity are refused where the pieces are used
            y: np.ndarray = x[:, 0] if x.shape[1] == 1 else x.mean(axis=1)  # (n_frames,)
        return y

    def pieces(self) -> Iterator[np.ndarray]:
        y = self._piece() if self._first is None else self._first
        self._first = None
        while y is not None:
            yield y
            y = self._piece()

    def seek(self, frame: int) -> None:
        self._first = None
        target = frame if self._frames is None else min(frame, self._frames)
        try:
            self._file.seek(target)
        except self._errors as error:
            raise AudioError(f"It cannot be read from {frame / self.rate:.2f} s: {_reason(error)}.", kind="damaged") from error

    def close(self) -> None:
        self._file.close()


def _reason(error: Exception) -> str:
    return str(getattr(error, "error_string", error)).rstrip(".")
