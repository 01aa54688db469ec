"""From a file, whatever its format, to mono float32 samples: whole, streamed, or a region.

All channels are averaged with equal weight. For stereo that is the usual downmix; for 5.1 it is librosa's convention too: it
needs no channel layout (which files often lack), cannot clip, and gives the numbers other tools give. The price is that the
centre is softer than in a cinema's downmix.

A file that breaks off decodes to what is there; `facts.seconds` then says more than `clip.seconds`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from genre_core.audio.clip import AudioFacts, Clip
from genre_core.audio.playback import encode_wav, envelope
from genre_core.audio.readers import open_reader
from genre_core.audio.sources import Source, quoted, show_name
from genre_core.errors import AudioError, ParameterError

__all__ = ["AUDIO_EXTENSIONS", "MAX_SECONDS", "blocks", "decode", "encode_wav", "envelope", "probe", "read"]

MAX_SECONDS = 600
"""Longest audio that becomes one array [s]."""

# fmt: off
AUDIO_EXTENSIONS = (
    ".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".au", ".aif", ".aiff", ".aifc", ".caf",
    ".wma", ".wv", ".webm", ".weba", ".mp4", ".mka", ".mov", ".mkv", ".w64", ".snd",
)
# fmt: on
"""Extensions by which folders and upload forms recognise audio; what is inside is decided by the content."""

_MAX_MAGNITUDE = 1e10
"""Float samples beyond this are no sound in any scale, and their powers would overflow."""

_PIECE_FRAMES = 65_536
_EDGE_SECONDS = 0.25
"""Decoded around a region, so that the resampler has settled where the region begins."""


def decode(source: Source, *, sr: int = 22050, name: str = "", watch: Callable[[np.ndarray], None] | None = None) -> Clip:
    """Decode a whole file of up to `MAX_SECONDS`.

    Parameters
    ----------
    source : path, bytes or binary file object
        Nothing is written to disk; a file object is left open.
    sr : int
        Rate of the result [Hz]; resampled with soxr, high quality.
    name : str
        Name to show; a path's or file object's own name where empty.
    watch : callable or None
        Given each piece of samples at the file's own rate, before it is resampled.

    Returns
    -------
    Clip
        At least one sample, all finite. Silence is a clip whose `is_silent` is true.

    Raises
    ------
    AudioError
        Its `kind` says why: missing, unreadable, empty, not_audio, damaged, protected,
        no_samples, not_finite or too_long.
    """
    _check_rate(sr)
    name = show_name(source, name)
    with open_reader(source, name=name) as reader:
        if reader.facts.seconds and reader.facts.seconds > MAX_SECONDS:
            raise _too_long(name, f"{reader.facts.seconds:.0f} s")
        found = []
        n_samples = 0
        pieces = _watched(reader.pieces(), watch) if watch else reader.pieces()
        for y in _resampled(pieces, reader.rate, sr, name):
            found.append(y)
            n_samples += y.size
            if n_samples > MAX_SECONDS * sr:
                raise _too_long(name, "more")
        if not n_samples:
            raise _no_samples(name)
        return Clip(np.concatenate(found), sr, name, reader.facts)


def blocks(source: Source, *, sr: int = 22050, block_seconds: float = 30.0, name: str = "") -> Iterator[Clip]:
    """Decode a file of any length, block by block, in bounded memory.

    Parameters
    ----------
    source, sr, name
        As in `decode`.
    block_seconds : float
        Length of each block [s]; the last one may be shorter.

    Yields
    ------
    Clip
        Blocks in order; concatenated they are what `decode` gives.

    Raises
    ------
    AudioError
        As `decode` but never too_long; at the first block that shows it.
    """
    _check_rate(sr)
    if not 0.01 <= block_seconds <= MAX_SECONDS:
        raise ParameterError(f"block_seconds must lie in [0.01, {MAX_SECONDS}]. Received: block_seconds={block_seconds}.")
    return _blocks(source, sr, max(1, round(block_seconds * sr)), show_name(source, name))


def _blocks(source: Source, sr: int, size: int, name: str) -> Iterator[Clip]:
    with open_reader(source, name=name) as reader:
        count = 0
        for y in _gathered(_resampled(reader.pieces(), reader.rate, sr, name), size):
            count += 1
            yield Clip(y, sr, name, reader.facts)
        if not count:
            raise _no_samples(name)


def read(source: Source, start_seconds: float, end_seconds: float, *, sr: int = 22050, name: str = "") -> Clip:
    """Decode one region of a file of any length.

    Parameters
    ----------
    source, sr, name
        As in `decode`.
    start_seconds, end_seconds : float
        Region [s], at most `MAX_SECONDS` long; what lies behind the file's end is left out.

    Returns
    -------
    Clip
        The samples that `decode(source).slice(start_seconds, end_seconds)` holds, within the resampler's 1e-4. Codecs that fill
        in noise while decoding (AAC's noise substitution) give other noise at each seek.

    Raises
    ------
    AudioError
        As `decode`; too_short if the file ends before `start_seconds`.
    ParameterError
        If the region does not run forward from 0 or later.
    """
    _check_rate(sr)
    if not (math.isfinite(end_seconds) and 0 <= start_seconds < end_seconds) or round(end_seconds * sr) <= round(
        start_seconds * sr
    ):
        raise ParameterError(f"A region needs an end after its start, from 0 s on. Received: {start_seconds} to {end_seconds} s.")
    name = show_name(source, name)
    if end_seconds - start_seconds > MAX_SECONDS:
        raise _too_long(name, f"a region of {end_seconds - start_seconds:.0f} s")
    start, stop = round(start_seconds * sr), round(end_seconds * sr)
    with open_reader(source, name=name) as reader:
        # One step is the shortest time that is whole in samples of both rates: from there the grids of read and decode agree.
        common = math.gcd(reader.rate, sr)
        step_in, step_out = reader.rate // common, sr // common
        steps = max(0, math.floor((start / sr - _EDGE_SECONDS) * reader.rate / step_in))
        if steps:
            reader.seek(steps * step_in)
        n_frames = math.ceil((stop / sr + _EDGE_SECONDS) * reader.rate) - steps * step_in
        found = list(_resampled(_first(reader.pieces(), n_frames), reader.rate, sr, name))
        y = np.concatenate(found) if found else np.zeros(0, np.float32)
        y = y[start - steps * step_out : stop - steps * step_out]  # (n_samples,)
        if not y.size:
            raise AudioError(
                f"{quoted(name)} ends before {start_seconds:g} s, where the region starts. Choose a region inside it.",
                kind="too_short",
            )
        return Clip(y.copy(), sr, name, reader.facts)


def probe(source: Source, *, name: str = "") -> AudioFacts:
    """What a file says of itself, without decoding it; raises `AudioError` as `decode` does."""
    with open_reader(source, name=show_name(source, name)) as reader:
        return reader.facts


def _resampled(pieces: Iterator[np.ndarray], rate: int, sr: int, name: str) -> Iterator[np.ndarray]:
    """Pieces at rate `sr`, checked. The input is regrouped first, so that the result doesn't depend on the decoder's frames."""
    if rate == sr:
        for y in _gathered(pieces, _PIECE_FRAMES):
            yield _finite(y, name)
        return
    import soxr

    stream = soxr.ResampleStream(rate, sr, 1, dtype="float32", quality="HQ")
    for y in _gathered(pieces, _PIECE_FRAMES):
        yield stream.resample_chunk(_finite(y, name))
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _gathered(pieces: Iterator[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """The same samples in pieces of `size`, the last one shorter."""
    held: list[np.ndarray] = []
    n_held = 0
    for y in pieces:
        held.append(y)
        n_held += y.size
        if n_held < size:
            continue
        joined = np.concatenate(held)
        whole = n_held - n_held % size
        for start in range(0, whole, size):
            yield joined[start : start + size]
        held, n_held = [joined[whole:]], n_held - whole
    if n_held:
        yield np.concatenate(held)


def _watched(pieces: Iterator[np.ndarray], watch: Callable[[np.ndarray], None]) -> Iterator[np.ndarray]:
    for y in pieces:
        watch(y)
        yield y


def _first(pieces: Iterator[np.ndarray], n_samples: int) -> Iterator[np.ndarray]:
    for y in pieces:
        yield y[:n_samples]
        n_samples -= y.size
        if n_samples <= 0:
            return


def _finite(y: np.ndarray, name: str) -> np.ndarray:
    if not np.abs(y).max(initial=0.0) < _MAX_MAGNITUDE:  # false for NaN too
        raise AudioError(
            f"{quoted(name)} holds samples that are NaN, infinite or beyond any scale. "
            "Export it again from the program it came from.",
            kind="not_finite",
        )
    return y


def _check_rate(sr: int) -> None:
    if isinstance(sr, bool) or not isinstance(sr, int | np.integer) or not 1000 <= sr <= 768_000:
        raise ParameterError(f"sr must be a whole number of Hz in [1000, 768000]. Received: sr={sr!r}.")


def _too_long(name: str, received: str) -> AudioError:
    return AudioError(
        f"{quoted(name)} is too long for one piece: expected up to {MAX_SECONDS} s. Received: {received}. "
        "Cut it, or read a region of it; a program can stream it with blocks().",
        kind="too_long",
    )


def _no_samples(name: str) -> AudioError:
    return AudioError(f"{quoted(name)} holds not a single sample. Record or export it again.", kind="no_samples")
