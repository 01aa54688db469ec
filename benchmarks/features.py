"""Time and largest difference of each feature against librosa and other libraries, on one core, and on two, in one run.

    python -m benchmarks.features [--audio FOLDER] [--clips 10] [--repeats 3]

Without a folder it synthesises demo songs. The tables go to docs/benchmarks.md; `--print-only` leaves it as it is.
"""

# ruff: noqa: E402 (settings come before the libraries that read them)
from __future__ import annotations

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"  # one core each: read by the libraries when they load

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import peers, record
from benchmarks.scaling import WARM_UP, Scaling, scaling
from benchmarks.songs import SECONDS, songs
from genre_core.audio import Clip
from genre_core.features import FEATURES, LogMel, Mfcc, Spectrogram, Summary57
from genre_core.features.base import Feature
from genre_core.features.stft import Spectra

SR = 22050


def synthetic_music(seconds: float, *, seed: int = 0, bpm: float = 112.0) -> np.ndarray:
    """Chords a fifth of a semitone sharp, a bass, hits on the beat and a floor of noise; float32, shape (n_samples,)."""
    rng = np.random.default_rng(seed)
    n_samples = round(seconds * SR)
    t = np.arange(n_samples) / SR
    y = 0.003 * rng.normal(size=n_samples)
    beat = np.floor(t * bpm / 60)
    since_beat = t - beat * 60 / bpm
    y += 0.3 * rng.normal(size=n_samples) * np.exp(-40 * since_beat) * (beat % 2 == 1)
    y += 0.5 * np.sin(2 * np.pi * 55 * since_beat) * np.exp(-9 * since_beat) * (beat % 2 == 0)
    root = np.array([57, 53, 48, 55])[(beat // 4).astype(int) % 4] + 0.2
    for interval in (0, 4, 7):
        phase = 2 * np.pi * np.cumsum(440 * 2 ** ((root + interval - 69) / 12)) / SR
        y += sum(0.08 / number * np.sin(number * phase) for number in range(1, 9)) * (0.4 + 0.6 * np.exp(-2 * since_beat))
    return (0.7 * y / np.abs(y).max()).astype(np.float32)


def librosa_summary57(y: np.ndarray, sr: int = SR) -> np.ndarray:
    """The 57 columns as the published table was made: librosa with its defaults, means and variances in float64."""
    import librosa

    feature = librosa.feature
    curves = (
        feature.chroma_stft(y=y, sr=sr),
        feature.rms(y=y),
        feature.spectral_centroid(y=y, sr=sr),
        feature.spectral_bandwidth(y=y, sr=sr),
        feature.spectral_rolloff(y=y, sr=sr),
        feature.zero_crossing_rate(y),
        *librosa.effects.hpss(y),
    )
    bpm = float(np.squeeze(librosa.beat.beat_track(y=y, sr=sr)[0]))
    rows = feature.mfcc(y=y, sr=sr)
    numbers = [[(row.mean(dtype=np.float64), row.var(dtype=np.float64)) for row in part] for part in (curves, rows)]
    return np.array([*np.ravel(numbers[0]), bpm, *np.ravel(numbers[1])])


def librosa_log_mel(y: np.ndarray, sr: int = SR) -> np.ndarray:
    import librosa

    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr))


def librosa_mfcc(y: np.ndarray, sr: int = SR) -> np.ndarray:
    import librosa

    mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)
    return np.concatenate([mfcc, librosa.feature.delta(mfcc), librosa.feature.delta(mfcc, order=2)])


def librosa_spectrogram(y: np.ndarray, sr: int = SR) -> np.ndarray:
    import librosa

    return librosa.amplitude_to_db(np.abs(librosa.stft(y)))


REFERENCES: dict[Feature, Callable[[np.ndarray, int], np.ndarray]] = {
    LogMel(): librosa_log_mel,
    Mfcc(deltas="delta and delta-delta"): librosa_mfcc,
    Spectrogram(): librosa_spectrogram,
    Summary57(): librosa_summary57,
}
"""What librosa says for a feature; one that is missing here has no counterpart there."""


def timed(compute: Callable[[], np.ndarray], repeats: int) -> tuple[float, np.ndarray]:
    """Median time of a warm call [s], and the result."""
    result, seconds = compute(), []
    for _ in range(repeats):
        start = time.perf_counter()
        result = compute()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)), result


@dataclass(frozen=True)
class Comparison:
    """One feature beside its counterpart, over all clips.

    Attributes
    ----------
    name : str
    ours, theirs : float
        Median time of a clip [s].
    ratio : float
        Times as fast, median over the clips.
    difference : float
        Largest over the clips: relative to the largest value, for a summary relative to each column's own value.
    """

    name: str
    ours: float
    theirs: float
    ratio: float
    difference: float


def compare(
    feature: Feature, reference: Callable[[np.ndarray, int], np.ndarray], clips: Sequence[Clip], repeats: int
) -> Comparison:
    """Time a feature and its counterpart clip by clip, so that whatever else the machine does weighs on both alike."""
    times, differences = [], []
    for clip in clips:
        ours, values = timed(lambda clip=clip: feature(Spectra(clip.y, sr=clip.sr)), repeats)
        theirs, expected = timed(lambda clip=clip: reference(clip.y, clip.sr), repeats)
        scale = np.abs(expected) if values.ndim == 1 else np.abs(expected).max()
        differences.append(np.max(np.abs(values - expected) / np.maximum(scale, np.finfo(np.float32).tiny)))
        times.append((ours, theirs, theirs / ours))
    ours, theirs, ratio = np.median(times, axis=0)
    return Comparison(feature.name, float(ours), float(theirs), float(ratio), float(max(differences)))


def librosa_table(found: Sequence[Comparison]) -> str:
    header = ("feature", "Genrescope [ms]", "librosa [ms]", "times as fast", "largest difference, relative")
    return record.table(
        header,
        [
            (f"`{row.name}`", f"{1e3 * row.ours:.1f}", f"{1e3 * row.theirs:.1f}", f"{row.ratio:.1f}", f"{row.difference:.0e}")
            for row in found
        ],
    )


def peer_tables(found: Sequence[peers.Peer], ours: dict[str, float]) -> str:
    """What each library took, and where the same number can be asked of it, how far it lies off ours."""
    times, differences = [], []
    for peer in found:
        title = f"{peer.name} {peer.version}".strip()
        if peer.reason:
            times.append((title, peer.reason, "", "", ""))
        for what, n_values, seconds in peer.measured:
            nearest = "log_mel" if "mel bands" in what else "summary57"
            ratio = f"{seconds / ours[nearest]:.1f}"
            times.append((title, f"{what} ({n_values:,} numbers)", f"{1e3 * seconds:.0f}", f"`{nearest}`", ratio))
        differences += [(title, what, f"{difference:.0e}") for what, difference in peer.differences]
    parts = [record.table(("library", "what it computes", "ms a clip", "nearest here", "times as long as that"), times)]
    if differences:
        parts.append(
            record.table(
                ("library", "what is compared, and how the definitions differ", "largest difference, relative"), differences
            )
        )
    return "\n\n".join(parts)


def scaling_table(found: Scaling) -> str:
    ratios = ", ".join(f"{ratio:.2f}" for ratio in found.ratios)
    header = ("`summary57`, clips a second", "one process", "two processes", "times one (median)", "each pair of runs")
    return record.table(
        header, [("decode, compute, store", f"{found.one:.2f}", f"{found.two:.2f}", f"{found.ratio:.2f}", ratios)]
    )


def report(options: argparse.Namespace) -> str:
    """Measure everything; Markdown."""
    before = record.load()
    sound = songs(options.audio, options.clips)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # librosa's
        compared = [compare(feature, reference, sound.clips, options.repeats) for feature, reference in REFERENCES.items()]
    rest = ", ".join(f"`{name}`" for name in sorted(set(FEATURES) - {row.name for row in compared}))
    parts = [
        f"{len(sound.clips)} clips of {SECONDS:.0f} s ({sound.words}), one core, medians of {options.repeats} warm calls a clip. "
        f"On {record.machine()}; {before} before the start.",
        librosa_table(compared),
        f"For `summary57` the difference is that of the worst of its columns on any clip. Without a counterpart: {rest}.",
        peer_tables(peers.run_peers(sound.clips), {row.name: row.ours for row in compared}),
    ]
    if options.pairs:
        found = scaling(sound.clips, n_clips=options.scaling_clips, pairs=options.pairs)
        parts += [
            scaling_table(found),
            f"{options.scaling_clips - WARM_UP} clips a run, counted once every process is warm; {record.load()}.",
        ]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--audio", type=Path, help="a folder of songs; demo songs are synthesised without it")
    parser.add_argument("--clips", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=3, help="runs with one process and with two; 0 leaves them out")
    parser.add_argument("--scaling-clips", type=int, default=108, help="clips of each such run")
    parser.add_argument("--print-only", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    text = report(options)
    print(text)
    if not options.print_only:
        record.write_between(record.DOCUMENT, "features", text)


if __name__ == "__main__":
    main()
