"""Compare MusiCNN as it ships with its published tags, track by track, and write a section of docs/parity.md.

    python -m benchmarks.musicnn_parity DATA_FOLDER [--out docs/parity.md] [--processes 2]

DATA_FOLDER holds `musicnn/train_tags.npz` (tags, track_id: the outputs for 28 segments a track) and the clips in
`gtzan/audio/<genre>/<id>.<any ending>`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.signal

from benchmarks.record import ROOT, table, write_between
from genre_core.audio.clip import Clip
from genre_core.audio.decode import decode
from genre_core.features.backbones import N_FRAMES, open_net
from genre_core.features.musicnn import MUSICNN_MEL
from genre_core.parallel import as_completed

N_SEGMENTS, HOP_FRAMES = 28, 62
"""Segments of a published track, and how far apart they begin."""

LEAST_CORRELATION, MOST_DIFFERENCE = 0.98, 0.01

TEXT = """## MusiCNN against its published tags

A scikit-learn transfer-learning study published what MusiCNN (Million Song Dataset) said of GTZAN's training songs: {n_segments}
segments a track, {n_frames} frames each, {hop} frames apart. Below, the net as Genrescope ships it on the {n_tracks} of these
songs that were at hand, re-encoded as Ogg Vorbis, 50 tags averaged over a track's segments.

Asked for is a correlation above {least:g} and a mean difference below {most:g}, both over the track's 50 tags; a tag lies
between 0 and 1. **With the study's resampler {n_passed_older} of {n_tracks} tracks keep both bounds, with ours {n_passed}.**

To 16 kHz the study's library went by resampy's filter of 2016, which keeps sound up to 7.6 kHz; Genrescope's (soxr, high quality)
begins to fade at 7.3 kHz, and the net listens to the topmost bands. The product keeps its own resampler: heads learn and serve on
the same one.

{table}

The tracks farthest away with Genrescope's resampler:

{worst}

    python -m benchmarks.musicnn_parity DATA_FOLDER

writes this section."""


class Compared(NamedTuple):
    """One track: how its mean tags go together with the published ones, and how far they lie apart; the same of its segments."""

    track_id: str
    correlation: float
    difference: float
    segment_difference: float

    @property
    def passed(self) -> bool:
        return self.correlation > LEAST_CORRELATION and self.difference < MOST_DIFFERENCE


def published_tags(folder: Path) -> dict[str, np.ndarray]:
    """Published tags of each track, shape (28, 50)."""
    with np.load(folder / "musicnn" / "train_tags.npz", allow_pickle=False) as arrays:
        track_ids, tags = arrays["track_id"], arrays["tags"]
    return {str(track_id): tags[track_ids == track_id] for track_id in dict.fromkeys(track_ids.tolist())}


def clips(folder: Path) -> dict[str, Path]:
    """The clips by track id."""
    return {path.stem: path for path in sorted((folder / "gtzan" / "audio").rglob("*.*"))}


def older(clip: Clip) -> Clip:
    """A clip at 22,050 Hz resampled to 16 kHz as resampy's "kaiser_best" does: a sinc of 64 zeros under a Kaiser window."""
    up, down, zeros, rolloff, beta = 320, 441, 64, 0.9475937167399596, 14.769656459379492
    t = np.arange(-zeros * down, zeros * down + 1) / down
    taps = np.sinc(rolloff * t) * np.kaiser(t.size, beta)
    return Clip(scipy.signal.resample_poly(clip.y, up, down, window=taps / taps.sum()).astype(np.float32), 16000, clip.name)


def compare(job: tuple[str, Path, np.ndarray], *, prepare: Callable[[Clip], Clip] | None = None) -> Compared:
    """One track against what was published of it; `prepare` resamples in another way than the feature."""
    track_id, path, published = job
    clip = decode(path)
    frames = MUSICNN_MEL.of(prepare(clip) if prepare else clip).T  # (n_frames, 96)
    starts = range(0, len(frames) - N_FRAMES + 1, HOP_FRAMES)
    mel = np.stack([frames[start : start + N_FRAMES] for start in starts])[: len(published)]
    (tags,) = open_net("msd_musicnn")(mel, ("tags",))  # (28, 50)
    ours, theirs = tags.mean(axis=0), published.mean(axis=0)
    correlation = float(np.corrcoef(ours, theirs)[0, 1])
    segment_difference = float(abs(tags - published[: len(tags)]).mean())
    return Compared(track_id, correlation, float(abs(ours - theirs).mean()), segment_difference)


def farthest(found: list[Compared]) -> list[Compared]:
    """The tracks outside the bounds, and two more."""
    return sorted(found, key=lambda each: each.correlation)[: sum(not each.passed for each in found) + 2]


def section(found: list[Compared], again: list[Compared]) -> str:
    """The section's Markdown; `again` are the same tracks with the older resampler."""
    columns = {
        f"{resampler}, {title}": [getattr(each, name) for each in its]
        for resampler, its in (("study's", again), ("ours", found))
        for title, name in (
            ("correlation of track means", "correlation"),
            ("mean difference of track means", "difference"),
            ("mean difference of single segments", "segment_difference"),
        )
    }
    rows = [
        [title, *(f"{value:.4f}" for value in (min(values), float(np.median(values)), max(values)))]
        for title, values in columns.items()
    ]
    older_of = {each.track_id: each for each in again}
    pairs = [(each, older_of[each.track_id]) for each in farthest(found)]
    return TEXT.format(
        n_segments=N_SEGMENTS,
        n_frames=N_FRAMES,
        hop=HOP_FRAMES,
        n_tracks=len(found),
        n_passed=sum(each.passed for each in found),
        n_passed_older=sum(each.passed for each in again),
        least=LEAST_CORRELATION,
        most=MOST_DIFFERENCE,
        table=table(["resampler, over the tracks", "least", "middle", "largest"], rows),
        worst=table(
            ["track", "ours: correlation", "mean difference", "study's: correlation", "mean difference"],
            [
                [f"`{one.track_id}`", *(f"{value:.4f}" for each in (one, two) for value in (each.correlation, each.difference))]
                for one, two in pairs
            ],
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="holds musicnn/train_tags.npz and gtzan/audio/")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "parity.md")
    parser.add_argument("--processes", type=int, default=None)
    given = parser.parse_args()
    published, audio = published_tags(given.folder), clips(given.folder)
    jobs = [(track_id, audio[track_id], tags) for track_id, tags in published.items() if track_id in audio]
    if not jobs:
        sys.exit(f"Expected clips in {given.folder} that train_tags.npz names. Received: none. Name another folder.")
    both = []
    for resampled in (compare, partial(compare, prepare=older)):
        with closing(as_completed(resampled, jobs, processes=given.processes)) as results:
            both.append([each for _, each in results])
    found, again = both
    write_between(given.out, "musicnn", section(found, again))
    print(f"Written: {given.out} ({sum(each.passed for each in found)} of {len(found)} tracks within the bounds)")


if __name__ == "__main__":
    main()
