"""Time and largest difference of each feature against librosa, on one core, in one run.

    python benchmarks/features.py [AUDIO_FILE] [--repeats 5]

Without a file it takes 30 s of synthetic music.
"""

# ruff: noqa: E402 (run as a script, the library is found one folder up; settings come before the libraries that read them)
from __future__ import annotations

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"  # one core each: read by the libraries when they load

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

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


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("audio", nargs="?", type=Path, help="an audio file; 30 s of synthetic music without it")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    if given.audio:
        from genre_core.audio.decode import decode

        y = decode(given.audio, sr=SR).y
    else:
        y = synthetic_music(30.0)
    print(f"{y.size / SR:.1f} s of sound, one core, median of {given.repeats} warm calls\n")
    print("| feature | Genrescope [ms] | librosa [ms] | times as fast | largest difference, relative to the largest value |")
    print("|---|---|---|---|---|")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # librosa's
        for feature, reference in REFERENCES.items():
            ours, values = timed(lambda feature=feature: feature(Spectra(y, sr=SR)), given.repeats)
            theirs, expected = timed(lambda reference=reference: reference(y, SR), given.repeats)
            scale = np.abs(expected) if values.ndim == 1 else np.abs(expected).max()
            difference = np.max(np.abs(values - expected) / np.maximum(scale, np.finfo(np.float32).tiny))
            print(f"| `{feature.name}` | {ours * 1e3:.1f} | {theirs * 1e3:.1f} | {theirs / ours:.1f} | {difference:.1e} |")
    rest = sorted(set(FEATURES) - {feature.name for feature in REFERENCES})
    print(
        f"\nFor `summary57` the difference is that of the worst column, relative to it. Without counterpart: {', '.join(rest)}."
    )


if __name__ == "__main__":
    main()
