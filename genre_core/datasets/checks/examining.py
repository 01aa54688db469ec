"""Examining files: each decoded once, for all that is checked in it, over several processes; remembered, so that it goes on."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.audio.bandwidth import upper_limit_hz
from genre_core.audio.clip import Clip
from genre_core.audio.decode import decode
from genre_core.audio.fingerprints import VERSION, Fingerprint, fingerprint
from genre_core.datasets.hearing import MIN_SECONDS
from genre_core.datasets.reading import read_all
from genre_core.errors import AudioError
from genre_core.parallel import Progress

FULL_SCALE = 0.99
"""Magnitude from which a sample counts as standing at full scale; lossy codecs leave a clipped one a little below or above."""

_MIN_RUN = 3  # a lone peak of a loud song touches full scale; a clipped one stays there
_STEADY_SECONDS = 3.0
_STEADY_SPREAD = 0.02
_TONE_SHARE = 0.999

_EXAMINING = {"examining": 1, "prints": VERSION}
"""Changed when equal files begin to be examined differently: what was remembered before counts no more."""


@dataclass(frozen=True)
class Examined:
    """What one decoding of a file tells.

    Attributes
    ----------
    kind, message : str
        Why it cannot be used, empty where it can.
    seconds : float
        Length of what was decoded [s].
    claimed_seconds : float
        Length that the file names [s], 0 where it names none.
    sha256 : str
        Of the decoded audio, `Clip.sha256` at 22,050 Hz.
    sample_rate, channels : int
        As the file has them.
    clipped_share : float
        Part of the samples, at the file's own rate, in runs of three or more at full scale.
    clipped_seconds : float
        Where the longest such run begins [s].
    clipped_run : int
        Its length [samples].
    limit_hz : float
        Where its band ends, `upper_limit_hz` at 22,050 Hz.
    peaks : str
        Its `Fingerprint`, as base64.
    """

    kind: str = ""
    message: str = ""
    seconds: float = 0.0
    claimed_seconds: float = 0.0
    sha256: str = ""
    sample_rate: int = 0
    channels: int = 0
    clipped_share: float = 0.0
    clipped_seconds: float = 0.0
    clipped_run: int = 0
    limit_hz: float = 0.0
    peaks: str = ""

    def fingerprint(self) -> Fingerprint:
        return Fingerprint.from_bytes(base64.b64decode(self.peaks))


def examine(path: Path) -> Examined:
    """Decode one file at 22,050 Hz and say what it is; never raises for a bad file."""
    runs = FullScaleRuns()
    try:
        clip = decode(path, watch=runs)
    except AudioError as error:
        return Examined(error.kind, str(error))
    facts = clip.facts
    kind, message = fault(clip)
    return Examined(
        kind=kind,
        message=message,
        seconds=clip.seconds,
        claimed_seconds=(facts.seconds if facts else None) or 0.0,
        sha256=clip.sha256,
        sample_rate=facts.sample_rate if facts else clip.sr,
        channels=facts.channels if facts else 1,
        clipped_share=runs.share,
        clipped_seconds=runs.start / facts.sample_rate if facts else 0.0,
        clipped_run=runs.longest,
        limit_hz=upper_limit_hz(clip),
        peaks="" if kind else base64.b64encode(fingerprint(clip).to_bytes()).decode(),
    )


def fault(clip: Clip) -> tuple[str, str]:
    """Kind and message of what makes a clip no music at all; two empty words where it may be some."""
    if clip.seconds < MIN_SECONDS:
        return "too_short", f"Expected at least {MIN_SECONDS:g} s of audio. Received: {clip.seconds:.2f} s."
    if clip.is_silent:
        return "silent", f"All {clip.seconds:.1f} s are silent. Export the song again, or remove the file."
    mean = float(clip.y.mean(dtype=np.float64))
    if float(np.abs(clip.y - mean).max()) < 1e-4:
        return "constant", f"All {clip.seconds:.1f} s hold one value, {mean:.3g} of full scale: a fault of the recording device."
    if hertz := _steady_tone(clip):
        return "constant", f"All {clip.seconds:.1f} s are one unchanging tone of {hertz:.0f} Hz."
    return "", ""


def _steady_tone(clip: Clip) -> float | None:
    """Frequency of the one tone that a clip consists of, None where there is more, or too little to tell."""
    n_fft = 2048
    n_frames = clip.n_samples // n_fft
    if clip.seconds < _STEADY_SECONDS:
        return None
    frames = clip.y[: n_frames * n_fft].reshape(n_frames, n_fft)
    level = np.sqrt(np.square(frames).mean(axis=1))  # (n_frames,)
    if level.std() > _STEADY_SPREAD * level.mean():
        return None
    power = np.square(np.abs(np.fft.rfft(frames[:: max(1, n_frames // 50)] * np.hanning(n_fft), axis=1))).mean(axis=0)
    top = int(power.argmax())
    share = power[max(0, top - 3) : top + 4].sum() / power.sum()
    return top * clip.sr / n_fft if share > _TONE_SHARE else None


class FullScaleRuns:
    """Counts samples at full scale in runs of three or more, piece by piece as a file is decoded."""

    def __init__(self) -> None:
        self.longest = self.start = 0
        self._n_samples = self._n_clipped = 0

    @property
    def share(self) -> float:
        return self._n_clipped / self._n_samples if self._n_samples else 0.0

    def __call__(self, y: np.ndarray) -> None:
        at = np.abs(y) >= FULL_SCALE
        if at.any():
            edges = np.flatnonzero(np.diff(at.astype(np.int8), prepend=0, append=0))
            starts, lengths = edges[::2], edges[1::2] - edges[::2]
            self._n_clipped += int(lengths[lengths >= _MIN_RUN].sum())
            if (longest := int(lengths.max())) > self.longest:
                self.longest, self.start = longest, self._n_samples + int(starts[lengths.argmax()])
        self._n_samples += y.size


def examine_all(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    processes: int | None = None,
    memory: Path | None = None,
) -> list[Examined]:
    """`examine` many files over several processes, results in the order of `paths`.

    Parameters
    ----------
    paths : sequence of Path
        Files.
    progress : callable or None
        `progress(done, total, seconds_left)` after each file; it may raise to stop, and no process is left then.
    processes : int or None
        Processes to use, as many as cores by default.
    memory : Path or None
        File that what was found is written into at once. Files that it tells of, and whose size and time are still the same,
        are not decoded again.

    Raises
    ------
    DatasetError
        If processes die again and again (memory ran out, as a rule), or `memory` cannot be written.
    """
    return read_all(examine, paths, Examined, _EXAMINING, progress=progress, processes=processes, memory=memory)
