"""The two decoders behind one face: mono pieces at the file's own rate, and a seek to a frame.

libsndfile comes first, being sample-accurate when it seeks; FFmpeg (PyAV) takes what libsndfile refuses or finds empty.
The order is the same for every file: the content decides, never the extension.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from genre_core.audio.clip import AudioFacts
from genre_core.audio.ffmpeg import NO_SOUND, FfmpegReader
from genre_core.audio.headers import check_headers
from genre_core.audio.libsndfile import SndfileReader
from genre_core.audio.sources import Bytestream, Source, open_bytes, quoted, refusal
from genre_core.errors import AudioError

RATES = (1_000, 1_536_000)
"""Sample rates taken as true [Hz]; a header that says another is damaged."""


class Reader(Protocol):
    """A file opened for decoding.

    Attributes
    ----------
    facts : AudioFacts
        What the header says.
    rate : int
        Rate of the pieces [Hz].
    """

    facts: AudioFacts
    rate: int

    def pieces(self) -> Iterator[np.ndarray]:
        """Mono float32 pieces of any length from the current frame to the end; a broken stream ends where it breaks off."""

    def seek(self, frame: int) -> None:
        """Make `pieces` start at `frame`; a frame behind the end gives no pieces."""

    def close(self) -> None: ...


@contextmanager
def open_reader(source: Source, *, name: str) -> Iterator[Reader]:
    """The reader that understands the source.

    Raises
    ------
    AudioError
        Of any kind but too_long, too_short and not_finite.
    """
    with open_bytes(source, name=name) as stream:
        reader = _choose(stream, name)
        try:
            if not RATES[0] <= reader.rate <= RATES[1]:
                raise AudioError(
                    f"{quoted(name)} is damaged: its sample rate should lie in {RATES[0]} to {RATES[1]} Hz. "
                    f"Received: {reader.rate} Hz.",
                    kind="damaged",
                )
            yield reader
        finally:
            reader.close()


def _choose(stream: Bytestream, name: str) -> Reader:
    try:
        return SndfileReader(stream)
    except AudioError as refused:
        error = refused
    check_headers(stream, name)
    try:
        return FfmpegReader(stream)
    except AudioError as refused:
        if error.kind != "no_samples":  # an empty file that was recognised says more than a second refusal
            error = refused
    if error.kind == "not_audio":
        raise refusal(stream, name, str(error), is_mute=str(error) == NO_SOUND) from error
    raise AudioError(f"{quoted(name)} cannot be used. {error}", kind=error.kind) from error
