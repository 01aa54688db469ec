"""How many known repeats of a data set the check finds, how many pairs that nobody lists, and what it costs.

`python -m benchmarks.repeats FOLDER [--many 20000] [--made 40]`: the folder holds `audio/<genre>/<track_id>.*`, and the tables
`tracks.csv` (track_id, artist, title, sample_rate) and `repeats.csv` (track_a, track_b, relation).
"""

from __future__ import annotations

import argparse
import csv
import io
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import av
import numpy as np
import scipy.signal
import soundfile

from benchmarks.record import machine, table
from genre_core.audio.clip import Clip
from genre_core.audio.decode import decode
from genre_core.audio.fingerprint_index import candidates, find_matches
from genre_core.audio.fingerprints import SR, fingerprint
from genre_core.datasets.checks import Report, make_report
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset

Couple = frozenset[str]
"""Ids of two tracks."""

ENTRIES = 955
"""Hashes of a 30-s track in the index; the mean of GTZAN's clips, as is the next."""

CHANCE = 0.05
"""Hashes that two unlike tracks share by chance."""


def with_table(dataset: Dataset, path: Path) -> tuple[Dataset, dict[str, int]]:
    """The data set with artists and titles of `tracks.csv`, and the sample rate that the table names for each track."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = {row["track_id"]: row for row in csv.DictReader(file)}
    tracks = tuple(
        replace(track, artist=rows[track.id]["artist"] or None, extra={**track.extra, "title": rows[track.id]["title"]})
        for track in dataset.tracks
    )
    return replace(dataset, tracks=tracks), {track.id: int(rows[track.id]["sample_rate"]) for track in tracks}


def listed(path: Path, dataset: Dataset) -> tuple[dict[Couple, str], Counter[str]]:
    """The listed pairs of which both tracks are here, with their relation; and how many are listed in all, by relation."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    here = {
        frozenset((row["track_a"], row["track_b"])): row["relation"]
        for row in rows
        if row["track_a"] in dataset.by_id and row["track_b"] in dataset.by_id
    }
    return here, Counter(row["relation"] for row in rows)


def couples(groups: Sequence[Sequence[str]]) -> set[Couple]:
    """Every two that hang together, over however many steps."""
    home: dict[str, set[str]] = {}
    for group in groups:
        joined = set(group).union(*(home.get(one, set()) for one in group))
        home.update(dict.fromkeys(joined, joined))
    return {
        frozenset(two) for group in {id(one): one for one in home.values()}.values() for two in combinations(sorted(group), 2)
    }


def correlation(dataset: Dataset, couple: Couple) -> tuple[float, float]:
    """Largest correlation of two tracks' waveforms above 200 Hz, where a bass line does not decide, and its offset [s]."""
    high = scipy.signal.butter(4, 200, "high", fs=SR, output="sos")
    first, second = (scipy.signal.sosfilt(high, dataset.by_id[one].clip().y) for one in sorted(couple))
    product = scipy.signal.fftconvolve(first, second[::-1])
    at = int(np.abs(product).argmax())
    return float(abs(product[at]) / np.sqrt((first**2).sum() * (second**2).sum())), (at - second.size + 1) / SR


def print_recall(report: Report, dataset: Dataset, repeats: dict[Couple, str], in_all: Counter[str]) -> None:
    """Recall by kind, then every pair that no list has."""
    by_sound = couples([(pair.first, pair.second) for pair in report.pairs])
    by_title = couples([one.tracks for one in report.problems if one.kind in ("same_title", "title_conflict")])
    rows = []
    for relation, number in in_all.items():
        here = [couple for couple, found in repeats.items() if found == relation]
        sound, either = (sum(couple in found for couple in here) for found in (by_sound, by_sound | by_title))
        rows.append((relation, str(number), str(len(here)), str(sound), str(either)))
    print(table(("relation", "listed", "both tracks here", "found by sound", "by sound or title"), rows))
    missed = [couple for couple, relation in repeats.items() if relation == "replica" and couple not in by_sound]
    for couple in missed:
        value, offset = correlation(dataset, couple)
        print(f"not found by sound: {' and '.join(sorted(couple))}; above 200 Hz they correlate by {value:.2f} at {offset:.2f} s")
    unlisted = sorted(by_sound - set(repeats), key=sorted)
    for couple in unlisted:
        value, offset = correlation(dataset, couple)
        print(f"in no list: {' and '.join(sorted(couple))}; above 200 Hz they correlate by {value:.2f} at {offset:.2f} s")
    print(f"pairs in no list: {len(unlisted)}, {100 * len(unlisted) / len(dataset.tracks):.2f} a 100 tracks")


def print_bandwidth(report: Report, dataset: Dataset, rates: dict[str, int]) -> None:
    """Which tracks of a low rate the check names for their bandwidth."""
    low = {track_id for track_id, rate in rates.items() if rate < SR}
    genres = {dataset.by_id[track_id].genre for track_id in low}
    for problem in report.problems:
        if problem.kind == "bandwidth":
            print(f"bandwidth: {problem.message}")
            if low & set(problem.tracks):
                named = {genre for genre in dataset.genres if f"{genre} " in problem.message.split(":")[1].split(";")[0]}
                words = (
                    f"{len(low & set(problem.tracks))} of {len(low)} clips of a low rate, {len(set(problem.tracks) - low)} others"
                )
                print(f"  {words}; genres named: {len(named & genres)} of {len(genres)}, {len(named - genres)} others")


def mp3(y: np.ndarray, kbit: int) -> np.ndarray:
    """What an MP3 encoder leaves."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=SR)
        stream.layout = "mono"
        stream.bit_rate = 1000 * kbit
        frame = av.AudioFrame.from_ndarray(y[None].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SR, 0, Fraction(1, SR)
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=SR, frame_size=stream.codec_context.frame_size or 1152)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return decode(out.getvalue()).y


def opus(y: np.ndarray) -> np.ndarray:
    """What Opus leaves at a low quality."""
    out = io.BytesIO()
    soundfile.write(out, Clip(y, SR).resample(24000).y, 24000, format="OGG", subtype="OPUS", compression_level=0.9)
    return decode(out.getvalue()).y


def versions(y: np.ndarray, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """The same recording as other people have it, most without up to four tenths of its beginning."""
    late = y[int(rng.uniform(0.05, 0.4) * y.size) :]
    hiss = rng.standard_normal(late.size) * float(np.sqrt(np.square(late).mean())) / 10
    yield "later start, -12 dB", 0.25 * late
    yield "MP3, 64 kbit/s", mp3(late, 64)
    yield "MP3, 32 kbit/s, -12 dB", mp3(0.25 * late, 32)
    yield "Opus, low", opus(late)
    yield "at 16 kHz", Clip(Clip(late, SR).resample(16000).y, 16000).resample(SR).y
    yield "its last 8 s, MP3", mp3(y[-8 * SR :], 64)
    yield "its last 5 s", y[-5 * SR :]
    yield "hiss 20 dB below", late + hiss
    yield "treble raised", scipy.signal.lfilter([1, -0.9], [1], late)
    yield "clipped by 12 dB", np.clip(4 * late / np.abs(late).max(), -1, 1)
    yield "2 % faster", Clip(late, round(SR * 1.02)).resample(SR).y


def print_made(dataset: Dataset, n_songs: int) -> None:
    """Recall on repeats that are made here, each version beside all originals."""
    rng = np.random.default_rng(0)
    chosen = [dataset.tracks[index] for index in np.linspace(0, len(dataset.tracks) - 1, n_songs).astype(int)]
    originals = [fingerprint(track.clip()) for track in chosen]
    made = defaultdict(list)
    for track in chosen:
        for name, y in versions(track.clip().y, rng):
            made[name].append(fingerprint(Clip(np.asarray(y, np.float32), SR)))
    rows = []
    for name, prints in made.items():
        found = {(first, second - n_songs): match for first, second, match in find_matches([*originals, *prints])}
        right = {key: match for key, match in found.items() if key[0] == key[1]}
        scores = [match.score for match in right.values()] or [0.0]
        low, middle = f"{min(scores):.2f}", f"{np.median(scores):.2f}"
        rows.append((name, f"{len(right)} of {n_songs}", low, middle, str(len(found) - len(right))))
    print(table(("version", "found", "lowest score", "median", "other pairs"), rows))


def print_many(n_tracks: int) -> None:
    """Time and memory of the search among very many tracks: hashes drawn as unlike tracks have them, one in 100 repeated."""
    rng = np.random.default_rng(0)
    n_entries = n_tracks * ENTRIES
    spread = round(ENTRIES**2 / CHANCE)
    hashes = rng.integers(0, spread, n_entries, dtype=np.uint32)
    frames = rng.integers(0, 1300, n_entries, dtype=np.int32)
    tracks = np.repeat(np.arange(n_tracks, dtype=np.int32), ENTRIES)
    repeats = rng.permutation(n_tracks)[: n_tracks // 100 * 2].reshape(-1, 2)
    kept = ENTRIES // 10  # what a poor copy keeps
    for first, second in repeats:
        source, target = first * ENTRIES + rng.permutation(ENTRIES)[:kept], second * ENTRIES + np.arange(kept)
        hashes[target], frames[target] = hashes[source], frames[source] + 200
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {(first, second) for first, second, _ in candidates(hashes, tracks, frames)}
    seconds, megabytes = time.process_time() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    expected = {(min(two), max(two)) for two in repeats.tolist()}
    print(
        f"{n_tracks} tracks, {n_entries / 1e6:.1f} million hashes: {seconds:.1f} s of processor time, {megabytes:.0f} MB more; "
        f"{len(found & expected)} of {len(expected)} repeats found, {len(found - expected)} other pairs to compare in full"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with audio/, tracks.csv and repeats.csv")
    parser.add_argument("--processes", type=int, default=1, help="processes of the check (1)")
    parser.add_argument("--made", type=int, default=40, help="songs that versions are made of (40; 0: none)")
    parser.add_argument("--many", type=int, default=20_000, help="tracks of the search among very many (20000; 0: none)")
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as root:
        dataset, rates = with_table(import_folder(asked.folder / "audio", name="repeats"), asked.folder / "tracks.csv")
        save_dataset(dataset, Path(root))
        repeats, in_all = listed(asked.folder / "repeats.csv", dataset)
        began, worked = time.perf_counter(), time.process_time()
        report = make_report(dataset, processes=asked.processes)
        words = f"{time.perf_counter() - began:.0f} s, {time.process_time() - worked:.0f} s of processor time in this process"
        print(f"{len(dataset.tracks)} tracks checked with {asked.processes} process: {words}; {report.method}")
    print_recall(report, dataset, repeats, in_all)
    print_bandwidth(report, dataset, rates)
    if asked.made:
        print_made(dataset, min(asked.made, len(dataset.tracks)))
    if asked.many:
        print_many(asked.many)


if __name__ == "__main__":
    main()
