"""Hearing files: each decoded once, over several processes, and remembered, so that a second start goes on where one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genre_core.audio.decode import decode
from genre_core.datasets.reading import read_all
from genre_core.errors import AudioError
from genre_core.parallel import Progress

MIN_SECONDS = 0.5
"""Shorter audio holds no music to judge by, and is left out."""

_HEARING = {"hearing": 1}
"""Raised when equal files begin to be heard differently: what was remembered before counts no more."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What decoding a file once tells: its length, the SHA-256 of its audio, or the reason why it cannot be used."""

    seconds: float = 0.0
    sha256: str = ""
    sample_rate: int = 0
    format: str = ""
    kind: str = ""
    message: str = ""


def listen(path: Path) -> Heard:
    """Decode one file at 22,050 Hz and say what it is; never raises for a bad file."""
    try:
        clip = decode(path)
    except AudioError as error:
        return Heard(kind=error.kind, message=str(error))
    if clip.seconds < MIN_SECONDS:
        return Heard(kind="too_short", message=f"Expected at least {MIN_SECONDS:g} s of audio. Received: {clip.seconds:.2f} s.")
    if clip.is_silent:
        return Heard(kind="silent", message=f"All {clip.seconds:.1f} s are silent. Export the song again, or remove the file.")
    rate, container = (clip.facts.sample_rate, clip.facts.format) if clip.facts else (clip.sr, "")
    return Heard(clip.seconds, clip.sha256, rate, container)


def listen_all(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    memory: Path | None = None,
) -> list[Heard]:
    """`listen` to many files over several processes or a cluster, results in the order of `paths`.

    A file that ends every process which reads it is `crashed`.

    Parameters
    ----------
    paths : sequence of Path
        Files.
    progress : callable or None
        `progress(done, total, seconds_left)` after each file; it may raise to stop, and no process is left then.
    processes : int or None
        Processes to use, as many as cores by default.
    scheduler : str or None
        Address of a Dask scheduler whose workers are used instead; they must find the files under the same paths.
    memory : Path or None
        File that what was heard is written into at once. Files that it tells of, and whose size and time are still the same, are
        not decoded again.

    Raises
    ------
    DatasetError
        If processes died again and again (memory ran out, as a rule), or `memory` cannot be written.
    ScaleError, ParameterError
        As `scale.as_completed`, where a scheduler is named.
    """
    return read_all(listen, paths, Heard, _HEARING, progress=progress, processes=processes, scheduler=scheduler, memory=memory)
