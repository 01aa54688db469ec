"""The lessons: how long each thing takes that a reader changes, and what cures and divisions do with real songs.

    OMP_NUM_THREADS=1 python -m benchmarks.learn --root ROOT [--datasets demo,gtzan] [--seeds 8] [--print-only]

ROOT holds the data sets with their 57 columns of 3-s segments stored, as a training of `ann` leaves them. Times go into
docs/benchmarks.md, the rest into docs/results.md.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np

from benchmarks import record
from benchmarks.results import DOCUMENT as RESULTS
from genre_core.audio import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.library import load_dataset
from genre_core.datasets.segment_table import SegmentTable, segment_table
from genre_core.datasets.store import FeatureStore
from genre_core.features.spectral import LogMel
from genre_core.features.steps import mfcc_steps
from genre_core.features.summary import Summary57
from genre_core.paths import find_root
from genre_core.teaching.backprop import walk
from genre_core.teaching.convolving import FILTERS, convolve, lit, max_pool, onset_curve
from genre_core.teaching.curing import Cure, Epoch, Lesson, lesson, train
from genre_core.teaching.descent import descend, descend_in_batches
from genre_core.teaching.dividing import WAYS, judged_rows
from genre_core.teaching.fitting import fit_layer
from genre_core.teaching.framing import leak, window_shape
from genre_core.teaching.leaking import MODELS, score_ways, tries
from genre_core.teaching.matching import match, spectrum
from genre_core.teaching.neuron import accuracy, borders, log_loss
from genre_core.teaching.optimizers import OPTIMIZERS
from genre_core.teaching.recurrence import counting_lstm, lstm, traces
from genre_core.teaching.resolving import resolve
from genre_core.teaching.sampling import every_nth, heard, sample_tone
from genre_core.teaching.separating import separate
from genre_core.teaching.surfaces import SURFACES, real_surface
from genre_core.teaching.tiny_net import tiny_net

N_TRACKS = 60
VALID_SHARE = 0.4
REPEATS = 7
PATIENCE = 10

CURES: dict[str, dict[str, float]] = {
    "none": {},
    "a small net (8 neurons)": {"neurons": 8, "layers": 1},
    "dropout 0.3": {"dropout": 0.3},
    "dropout 0.5": {"dropout": 0.5},
    "dropout 0.7": {"dropout": 0.7},
    "L1 0.0001": {"l1": 1e-4},
    "L1 0.001": {"l1": 1e-3},
    "L2 0.001": {"l2": 1e-3},
    "L2 0.01": {"l2": 1e-2},
    "noise of 0.5": {"noise": 0.5},
    "noise of 1": {"noise": 1.0},
    "early stopping": {"patience": PATIENCE},
    "L2 0.01, noise of 1, early stopping": {"l2": 1e-2, "noise": 1.0, "patience": PATIENCE},
}


def calls() -> dict[str, Callable[[], object]]:
    """What a reader's change computes, lesson by lesson, on made-up numbers of the size that a page has."""
    rng = np.random.default_rng(0)
    time_axis = np.arange(30 * 22050) / 22050
    clip = Clip(0.2 * np.sin(2 * np.pi * (200 + 40 * time_axis) * time_axis) + 0.02 * rng.normal(size=time_axis.size), 22050)
    frame, tracks = rng.normal(size=2048), rng.normal(size=(200, 13))
    y = np.arange(200) % 4
    two, binary = rng.normal(size=(200, 2)), np.arange(200) % 2
    layer = fit_layer(two, y, n_genres=4)
    level = LogMel(n_mels=64).of(clip)
    curve = onset_curve(level)[:, None]
    net, surface = tiny_net(), SURFACES["rosenbrock"]
    columns, ten = rng.normal(size=(2000, 57)), np.arange(2000) % 10
    divided = (columns, ten, np.arange(2000) // 10 * 10 + ten, np.arange(2000) // 40 * 10 + ten)
    material = lesson(columns[:60], ten[:60], columns[60:140], ten[60:140], n_genres=10)
    return {
        "a tone sampled, with its alias": lambda: sample_tone(3000, sr=8000, seconds=0.01),
        "the alias as sound, 1 s": lambda: heard(7000, sr=8000),
        "30 s with every fourth sample kept": lambda: every_nth(clip, 4),
        "leakage of a window": lambda: (leak(440, window="hann"), window_shape("hann")),
        "a frame matched with one frequency": lambda: match(frame, 440, sr=22050),
        "all 1025 bins by matching": lambda: spectrum(frame),
        "a spectrogram of tones and clicks": lambda: resolve(2048),
        "MFCC step by step, first frame of 30 s": lambda: mfcc_steps(clip, at_seconds=10.0),
        "two genres in 13 numbers": lambda: separate(tracks[:100], tracks[100:]),
        "borders of a layer, 100 x 100 points": lambda: borders(layer, (-3, 3), (-3, 3)),
        "the best layer, 4 genres": lambda: fit_layer(two, y, n_genres=4),
        "forward, back and a step, 54 numbers": lambda: walk(net, [0.5, -1.0], 0),
        "a landscape, 80 x 80 points": lambda: surface.heights(),
        "the landscape of 200 tracks": lambda: real_surface(two, binary).heights(),
        "six optimizers, 300 steps each": lambda: [descend(surface, n, learning_rate=1e-3, n_steps=300) for n in OPTIMIZERS],
        "20 epochs in batches of 8": lambda: descend_in_batches(two, binary, "sgd", batch_size=8, learning_rate=0.1, n_epochs=20),
        "a filter over 30 s of log-mel": lambda: convolve(lit(level), FILTERS["onset"].weights, padding="same"),
        "pooling of it": lambda: max_pool(level, (2, 4)),
        "an LSTM counts onsets of 30 s": lambda: lstm(curve, counting_lstm()),
        "what is left of one frame": lambda: traces(curve, counting_lstm(), 100),
        "three ways to divide 2,000 segments, once": lambda: list(tries(*divided, seeds=[0])),
        "a training: 100 epochs, 60 tracks, two layers of 256": lambda: list(train(material, Cure())),
    }


def times() -> str:
    """Table of the median processor time of each call: what else the machine does counts little."""
    rows = []
    for name, call in calls().items():
        call()
        taken = []
        for _ in range(REPEATS):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
        rows.append((name, f"{1e3 * statistics.median(taken):.1f}"))
    return f"{record.table(('what is computed', 'processor time [ms]'), rows)}\n\nOn {record.machine()}."


def lessons(tracks: SegmentTable, seeds: int, n_tracks: int | None = N_TRACKS) -> Iterator[Lesson]:
    """The data set divided by artist, seed by seed, with some of its tracks to learn from."""
    for seed in range(seeds):
        judged = judged_rows(tracks.artist, tracks.y, share=VALID_SHARE, seed=seed)
        kept = None if n_tracks is None else min(n_tracks, int((~judged).sum()))
        yield lesson(
            tracks.values[~judged],
            tracks.y[~judged],
            tracks.values[judged],
            tracks.y[judged],
            n_genres=len(tracks.genres),
            n_tracks=kept,
            seed=seed,
        )


def cures(tracks: SegmentTable, seeds: int) -> str:
    """Table of what each cure does to the same trainings: means over seeds, differences from the net without any in pairs."""
    found: dict[str, np.ndarray] = {}
    for name, changes in CURES.items():
        scores = []
        for seed, material in enumerate(lessons(tracks, seeds)):
            scores.append(_score(list(train(material, Cure().replace(seed=seed, **changes))), "patience" in changes))
        found[name] = np.array(scores)  # (n_seeds, 3)
    everything = list(lessons(tracks, seeds, None))
    mean = round(float(np.mean([len(material.y_train) for material in everything])))
    found[f"all {mean} training tracks"] = np.array(
        [_score(list(train(material, Cure(seed=seed))), False) for seed, material in enumerate(everything)]
    )
    found["no hidden layer at all, L2 0.01"] = np.array([_alone(material) for material in lessons(tracks, seeds)])
    rows = [
        (
            name,
            f"{scores[:, 0].mean():.2f}",
            f"{scores[:, 1].mean():.2f}",
            _difference(scores[:, 1] - found["none"][:, 1]) if name != "none" else "",
            f"{scores[:, 2].mean():.2f}",
            _difference(scores[:, 2] - found["none"][:, 2]) if name != "none" else "",
        )
        for name, scores in found.items()
    ]
    header = ("cure", "train accuracy", "valid accuracy", "difference", "valid loss [nat]", "difference")
    return record.table(header, rows)


def _score(epochs: list[Epoch], best: bool) -> tuple[float, float, float]:
    epoch = [one for one in epochs if one.is_best][-1] if best else epochs[-1]
    return epoch.train_accuracy, epoch.valid_accuracy, epoch.valid_loss


def _alone(material: Lesson) -> tuple[float, float, float]:
    layer = fit_layer(material.x_train, material.y_train, n_genres=material.n_genres, l2=0.01)
    learned, judged = layer.posteriors(material.x_train), layer.posteriors(material.x_valid)
    return accuracy(learned, material.y_train), accuracy(judged, material.y_valid), log_loss(judged, material.y_valid)


def _difference(values: np.ndarray) -> str:
    """Mean of paired differences with the ends of its 95 % interval (normal)."""
    half = 1.96 * values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else float("nan")
    return f"{values.mean():+.2f} [{values.mean() - half:+.2f}, {values.mean() + half:+.2f}]"


def ways(segments: SegmentTable, seeds: int) -> str:
    """Table of the same models judged in three ways."""
    rows = []
    for model, (title, _) in MODELS.items():
        found = list(tries(segments.values, segments.y, segments.track, segments.artist, model=model, seeds=range(seeds)))
        rows += [
            (
                title,
                WAYS[score.way].title,
                f"{score.accuracy:.2f} ({score.lowest:.2f} to {score.highest:.2f})",
                f"{score.chance:.2f}",
                f"{score.same_track:.2f}",
                f"{score.same_artist:.2f}",
            )
            for score in score_ways(found)
        ]
    header = ("model", "divided", "accuracy of segments", "chance", "nearest is of the same song", "of another by the artist")
    return record.table(header, rows)


@click.command()
@click.option("--root", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--datasets", default="demo", help="Names, separated by commas.")
@click.option("--seeds", default=8, type=click.IntRange(2))
@click.option("--print-only", is_flag=True)
def main(root: Path, datasets: str, seeds: int, print_only: bool) -> None:
    """Measure the lessons."""
    folder = find_root(root)
    cured, divided = [], []
    for name in datasets.split(","):
        dataset = load_dataset(name, folder.datasets)
        segments = segment_table(dataset, FeatureStore(folder.features), [(Summary57(), SegmentConfig())])
        n_artists = len(set(segments.artist.tolist()))
        sizes = f"{len(segments.track_ids)} tracks of {len(segments.genres)} genres and {n_artists} artists"
        words = f"**{dataset.title or name}**, {sizes}"
        cured.append(f"{words}, {seeds} seeds:\n\n{cures(segments.means(), seeds)}")
        divided.append(f"{words}, {seeds} seeds:\n\n{ways(segments, seeds)}")
    texts = {"learn": times(), "cures": "\n\n".join(cured), "ways": "\n\n".join(divided)}
    for name, text in texts.items():
        click.echo(text)
        if not print_only:
            record.write_between(record.DOCUMENT if name == "learn" else RESULTS, name, text)


if __name__ == "__main__":
    main()
