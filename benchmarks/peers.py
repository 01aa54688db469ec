"""openSMILE, pyAudioAnalysis and essentia on the same clips, each in a process of an environment of its own, on one core.

`make bench-peers` makes that environment; they are no part of what Genrescope runs on. A library that does not install or run
has its row all the same, with what it said.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.record import ROOT
from genre_core.audio import Clip, encode_wav
from genre_core.features.descriptors import FRAME_LENGTH, HOP_LENGTH, centroid_and_bandwidth, rms, zero_crossing_rate
from genre_core.features.mel import mel_power
from genre_core.features.stft import Spectra

NAMES = ("opensmile", "pyAudioAnalysis", "essentia")
LIMIT_SECONDS = 900


def peers_python(root: Path = ROOT) -> Path:
    """The interpreter of the environment that `make bench-peers` makes."""
    folder = root / ".venv-peers"
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@dataclass(frozen=True)
class Peer:
    """What one library gave, or why it gave nothing.

    Attributes
    ----------
    name, version : str
    measured : tuple of (what, how many numbers, seconds a clip)
    differences : tuple of (what is compared, largest relative difference)
    reason : str
        Why there is nothing; empty otherwise.
    """

    name: str
    version: str = ""
    measured: tuple[tuple[str, int, float], ...] = ()
    differences: tuple[tuple[str, float], ...] = ()
    reason: str = ""


def run_peers(clips: Sequence[Clip], *, python: Path | None = None, names: Sequence[str] = NAMES) -> list[Peer]:
    """Measure each library on the clips, one after another."""
    python = python or peers_python()
    if not python.exists():
        return [Peer(name, reason="not measured: `make bench-peers` sets up the environment that holds it") for name in names]
    with tempfile.TemporaryDirectory() as spare:
        folder = Path(spare)
        named = {f"clip{number}": clip for number, clip in enumerate(clips)}
        np.savez(folder / "clips.npz", **{name: clip.y for name, clip in named.items()})
        for name, clip in named.items():
            (folder / f"{name}.wav").write_bytes(encode_wav(clip))
        return [_run(name, folder, named, python) for name in names]


def _run(name: str, folder: Path, clips: dict[str, Clip], python: Path) -> Peer:
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # -P: the worker's own folder is no place to import from, where a benchmark is named like a module of Python's.
    command = [str(python), "-P", str(Path(__file__).with_name("peer_worker.py")), name, str(folder)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT_SECONDS, env={**os.environ, **one_core}, check=False
        )
    except subprocess.TimeoutExpired:
        return Peer(name, reason=f"did not end within {LIMIT_SECONDS} s")
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        return Peer(name, reason="does not run here: " + (said[-1].strip() if said else f"exit code {done.returncode}"))
    found = json.loads(done.stdout.splitlines()[-1])
    with np.load(folder / f"{name}.npz", allow_pickle=False) as curves:
        differences = tuple(
            (words, max(difference(curves[f"{clip}/{curve}"], clips[clip]) for clip in clips))
            for words, curve, difference in COMPARED[name]
        )
    measured = tuple((each["what"], each["n_values"], statistics.median(each["seconds"])) for each in found["measured"])
    return Peer(name, found["version"], measured, differences)


def _relative(theirs: np.ndarray, ours: np.ndarray) -> float:
    """Largest difference, relative to the largest value."""
    n_frames = min(theirs.shape[-1], ours.shape[-1])
    return float(np.abs(theirs[..., :n_frames] - ours[..., :n_frames]).max() / np.abs(ours).max())


def _of_means(theirs: np.ndarray, ours: np.ndarray) -> float:
    return float(abs(theirs.mean() - ours.mean()) / ours.mean())


def _inner(curve: np.ndarray) -> np.ndarray:
    """Frames that lie wholly inside the clip: beyond its ends every library pads as it likes."""
    edge = FRAME_LENGTH // (2 * HOP_LENGTH)
    return curve[..., edge : -edge - 2]


def _crossings_from_start(clip: Clip) -> np.ndarray:
    """Our rate on frames that begin at their time instead of lying around it, of the clip without its offset."""
    rate = zero_crossing_rate(clip.y - clip.y.mean())
    return rate[FRAME_LENGTH // (2 * HOP_LENGTH) :] * FRAME_LENGTH / (FRAME_LENGTH - 1)


def _centroid_from_start(clip: Clip) -> np.ndarray:
    """Our centroid without a window, on frames that begin at their time, of the clip without its offset; one bin higher."""
    magnitude = Spectra(clip.y - clip.y.mean(), sr=clip.sr).magnitude(window="ones")  # (n_bins, n_frames)
    centroid = centroid_and_bandwidth(magnitude, sr=clip.sr)[0]
    return centroid[FRAME_LENGTH // (2 * HOP_LENGTH) :] + clip.sr / FRAME_LENGTH


def _centroid(clip: Clip) -> np.ndarray:
    return centroid_and_bandwidth(Spectra(clip.y, sr=clip.sr).magnitude(), sr=clip.sr)[0]


Difference = Callable[[np.ndarray, Clip], float]
COMPARED: dict[str, tuple[tuple[str, str, Difference], ...]] = {
    "opensmile": (
        (
            "zero-crossing rate, mean of the clip: its frames last 60 ms, each 10 ms, and are smoothed over three",
            "zcr",
            lambda theirs, clip: _of_means(theirs, zero_crossing_rate(clip.y)),
        ),
        (
            "RMS, mean of the clip: its frames last 60 ms, each 10 ms, and are smoothed over three",
            "rms",
            lambda theirs, clip: _of_means(theirs, rms(Spectra(clip.y, sr=clip.sr))),
        ),
    ),
    "pyAudioAnalysis": (
        (
            "zero-crossing rate a frame: its frames begin at their time, it removes the clip's offset, and divides by one less; "
            "all three done alike here",
            "zcr",
            lambda theirs, clip: _relative(theirs, _crossings_from_start(clip)),
        ),
        (
            "spectral centroid a frame: no window, bins counted from one, half the sample rate left out; "
            "the first two done alike here",
            "centroid",
            lambda theirs, clip: _relative(theirs, _centroid_from_start(clip)),
        ),
    ),
    "essentia": (
        (
            "128 mel bands, power: the same definition",
            "mel",
            lambda theirs, clip: _relative(theirs, mel_power(Spectra(clip.y, sr=clip.sr))),
        ),
        (
            "spectral centroid a frame, frames inside the clip: the same definition",
            "centroid",
            lambda theirs, clip: _relative(_inner(theirs), _inner(_centroid(clip))),
        ),
        (
            "RMS a frame, frames inside the clip: the same definition",
            "rms",
            lambda theirs, clip: _relative(_inner(theirs), _inner(rms(Spectra(clip.y, sr=clip.sr)))),
        ),
        (
            "zero-crossing rate a frame, frames inside the clip: a sample of zero counts as negative there, as positive here; "
            "done alike here",
            "zcr",
            lambda theirs, clip: _relative(_inner(theirs), _inner(zero_crossing_rate(-clip.y))),
        ),
    ),
}
"""What has a counterpart: words on how the definitions differ, the curve's name, and the difference."""
