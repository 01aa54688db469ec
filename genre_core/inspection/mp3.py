"""A clip as MP3 and back, in memory: what a lossy copy leaves of a sound."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.decode import decode
from genre_core.errors import ParameterError

ENCODER = "libmp3lame"
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


def check_encoder() -> None:
    """Raise `ParameterError` where FFmpeg has no encoder for MP3 here."""
    import av

    try:
        av.codec.Codec(ENCODER, "w")
    except (av.FFmpegError, ValueError) as error:
        raise ParameterError(
            f"Copies as MP3 need FFmpeg's encoder {ENCODER}. Received: an FFmpeg without it. Install PyAV from its own package "
            "(pip install --force-reinstall av)."
        ) from error


def as_mp3(clip: Clip, *, kilobits_per_second: int) -> Clip:
    """The clip through an MP3 file of one channel and a constant bit rate (LAME), decoded again.

    The encoder writes down its delay and the decoder heeds it, so that the result stays in time with the clip, sample by sample.

    Parameters
    ----------
    clip : Clip
        At any rate; one that MP3 does not know is encoded at the next higher one that it knows.
    kilobits_per_second : int
        Bit rate [kb/s].

    Returns
    -------
    Clip
        Of the same length and rate.

    Raises
    ------
    ParameterError
        If this machine has no MP3 encoder.
    """
    check_encoder()
    rate = next((rate for rate in _RATES if rate >= clip.sr), _RATES[-1])
    copy = decode(_encoded(clip.resample(rate), kilobits_per_second), sr=clip.sr, name=clip.name)
    y = copy.y[: clip.n_samples]
    return replace(clip, y=np.pad(y, (0, clip.n_samples - y.size)))


def _encoded(clip: Clip, kilobits_per_second: int) -> bytes:
    """An MP3 file."""
    import av

    content = io.BytesIO()
    with av.open(content, "w", format="mp3") as container:
        stream: Any = container.add_stream(ENCODER, rate=clip.sr, layout="mono")
        stream.bit_rate = 1000 * kilobits_per_second
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(clip.y[None]), format="fltp", layout="mono")  # (1, n_samples)
        frame.sample_rate = clip.sr
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return content.getvalue()
