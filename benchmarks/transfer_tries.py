"""What was tried for the model that ships: heads, layers, nets and settings, judged by folds of artists.

    python -m benchmarks.transfer_tries GTZAN_FOLDER TAGS.npz

GTZAN_FOLDER and TAGS.npz are those of docs/shipped.md; the data set `gtzan-numbers` is made of them: the fault-filtered train and
valid songs whose tags are known. Each try learns from four fifths of the artists and judges the fifth, five times over, under
five divisions. No test track takes part. "Even" features hear each segment equally loud.
Nets that do not come with the product are tried where their files lie in `artifacts/backbones`: `make musicnn NETS="msd_vgg
mtt_musicnn mtt_vgg"` writes them. The table goes into docs/results.md.
"""

from __future__ import annotations

import statistics
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.record import table, write_between
from benchmarks.results import DOCUMENT
from genre_core import paths
from genre_core.datasets.folds import make_folds
from genre_core.datasets.given import given_requests, load_given
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore, Request, extract_all
from genre_core.datasets.tracks import Dataset, Track
from genre_core.evaluation.evaluate import judge
from genre_core.evaluation.listeners import read_answers
from genre_core.evaluation.predictions import Predictions
from genre_core.features.base import described
from genre_core.features.musicnn import MUSICNN_MEL, Backbone, windows
from genre_core.features.summary import Summary57, SummaryAround
from genre_core.models import MODELS
from genre_core.models.transfer.configs import TransferConfig
from genre_core.models.transfer.heads import build_transfer
from genre_core.paths import Root, find_root
from genre_core.shipped.gtzan import SONGS, make_numbers

SEEDS = (0, 1, 2, 3, 4)
"""Of the divisions into folds: which artists lie together moves the score by a point or two."""
SEGMENTS = MODELS["transfer"].segments
OWN: dict[str, Request] = {
    "tags": (Backbone(), SEGMENTS),
    "even tags": (Backbone(even_level=True), SEGMENTS),
    "penultimate": (Backbone(layer="penultimate"), SEGMENTS),
    "mean pool": (Backbone(layer="mean_pool"), SEGMENTS),
    "even mean pool": (Backbone(layer="mean_pool", even_level=True), SEGMENTS),
    "max pool": (Backbone(layer="max_pool"), SEGMENTS),
    "columns": (SummaryAround(), SEGMENTS),
    "columns of 3 s": (Summary57(), SEGMENTS),
}
"""What the product computes."""
OTHERS = {
    f"{words} {output}": (net, layer)
    for net, words in (("msd_vgg", "VGG (MSD)"), ("mtt_musicnn", "MusiCNN (MTT)"), ("mtt_vgg", "VGG (MTT)"))
    for output, layer in (("tags", "log_odds"), ("mean pool", "mean_pool"))
}
"""What nets say that do not come with it."""

Values = dict[str, np.ndarray]
"""Track id -> one feature of its segments, float32, shape (n_segments, n_columns)."""


def say(words: str) -> None:
    """A line that the next one replaces."""
    print(words, end="\r", file=sys.stderr)


@dataclass(frozen=True)
class Try:
    """One thing that was tried.

    Attributes
    ----------
    reads : tuple of str
        Features, of OWN or OTHERS.
    config : dict
        Values of `TransferConfig` that differ from its defaults.
    heard : bool
        Learn from songs at hand alone, whose every layer is known; others know tags and columns alone.
    every : int
        Judge every so many-th segment.
    mean_log : bool
        A track's verdict is the mean of logarithms instead of probabilities.
    frequent : bool
        Genres are as probable beforehand as they are frequent among the songs learned from, instead of equally.
    trusted : bool
        Leave out of learning what most listeners called otherwise.
    """

    reads: tuple[str, ...]
    config: dict[str, Any] = field(default_factory=dict)
    heard: bool = False
    every: int = 1
    mean_log: bool = False
    frequent: bool = False
    trusted: bool = False

    @property
    def title(self) -> str:
        """Words for its line."""
        values = TransferConfig(**self.config)
        named = [values.head, *(f"{name} {value:g}" for name, value in self.config.items() if name != "head")]
        more = [
            f"one segment in {self.every}" if self.every > 1 else "",
            "mean of logarithms" if self.mean_log else "",
            "priors as frequent" if self.frequent else "",
            "without what listeners call otherwise" if self.trusted else "",
        ]
        return ", ".join([" + ".join(self.reads), *named, *filter(None, more)])


G = {"head": "gaussian"}
CHOSEN = Try(("even tags", "even mean pool"), G)
TRIES = (
    *(
        Try(("tags",), {"head": head, "C": c})
        for head, c in (("softmax", 0.3), ("softmax", 0.01), ("logistic", 0.1), ("svm", 1.0))
    ),
    Try(("tags",), G),
    *(Try(("tags", "columns"), {"head": head, "C": c}) for head, c in (("softmax", 0.1), ("svm", 1.0))),
    Try(("tags", "columns"), G),
    *(
        Try((layer,), config, heard=True)
        for layer, c in (("tags", 0.3), ("penultimate", 0.03), ("mean pool", 0.003), ("max pool", 0.003))
        for config in ({"head": "softmax", "C": c}, G)
    ),
    Try(("penultimate",), {"head": "svm", "C": 1.0}, heard=True),
    Try(("mean pool",), {"head": "svm", "C": 1.0}, heard=True),
    Try(("tags", "penultimate"), G, heard=True),
    Try(("tags", "mean pool"), G, heard=True),
    Try(("tags", "mean pool", "max pool"), G, heard=True),
    Try(("tags", "mean pool", "columns"), G, heard=True),
    Try(("tags", "mean pool", "columns of 3 s"), G, heard=True),
    *(Try(("tags", "mean pool", other), G, heard=True) for other in OTHERS),
    Try(("tags", "mean pool", *(f"{words} mean pool" for words in ("VGG (MSD)", "MusiCNN (MTT)", "VGG (MTT)"))), G, heard=True),
    Try(("tags", "mean pool"), G),
    Try(("tags", "mean pool", "columns"), G),
    Try(("even tags", "even mean pool", "columns"), G),
    CHOSEN,
    *(Try(CHOSEN.reads, {**G, "shrinkage": value}) for value in (0.1, 0.2, 0.6, 0.8)),
    *(Try(CHOSEN.reads, {**G, "temperature": value}) for value in (2.0, 8.0)),
    *(Try(CHOSEN.reads, G, every=every) for every in (2, 5)),
    Try(CHOSEN.reads, G, mean_log=True),
    Try(CHOSEN.reads, G, frequent=True),
    Try(CHOSEN.reads, G, trusted=True),
)


@dataclass(frozen=True, eq=False)
class Bench:
    """Songs, what is known of them, and how they are divided."""

    dataset: Dataset
    values: dict[str, Values]
    heard: frozenset[str]
    doubted: frozenset[str]
    folds: list[dict[str, int]]

    def judged(self, asked: Try, seed: int) -> Predictions:
        """Every track that the try can learn from, judged by a head that has not met its artist."""
        ids = [track.id for track in self.dataset.tracks if not asked.heard or track.id in self.heard]
        fold = self.folds[seed]
        said: Values = {}
        for number in sorted(set(fold.values())):
            learned = [name for name in ids if fold[name] != number and not (asked.trusted and name in self.doubted)]
            head = self.taught(asked, learned)
            for name in (name for name in ids if fold[name] == number):
                said[name] = head(*(part[:: asked.every] for part in self.inputs(asked, name))).posterior
            if asked.frequent:
                prior = np.bincount([self.dataset.genres.index(self.dataset.by_id[name].genre) for name in learned])
                for name in (name for name in ids if fold[name] == number):
                    weighed = said[name] * (prior / prior.sum())
                    said[name] = (weighed / weighed.sum(axis=1, keepdims=True)).astype(np.float32)
        if asked.mean_log:
            said = {name: _mean_log(posterior) for name, posterior in said.items()}
        lengths = [len(said[name]) for name in ids]
        starts = np.concatenate([3.0 * np.arange(length) for length in lengths])
        y_true = np.array([self.dataset.genres.index(self.dataset.by_id[name].genre) for name in ids])
        of_track = np.repeat(np.arange(len(ids)), lengths)
        posteriors = np.concatenate([said[name] for name in ids])
        return Predictions(self.dataset.genres, np.array(ids), y_true, of_track, starts, starts + 3.0, posteriors)

    def inputs(self, asked: Try, name: str) -> list[np.ndarray]:
        parts = [self.values[feature][name] for feature in asked.reads]
        shortest = min(map(len, parts))
        return [part[:shortest] for part in parts]

    def taught(self, asked: Try, names: list[str]) -> Any:
        parts = [self.inputs(asked, name) for name in names]
        lengths = [len(its[0]) for its in parts]
        inputs = tuple(np.concatenate(its) for its in zip(*parts, strict=True))
        genres = np.repeat([self.dataset.genres.index(self.dataset.by_id[name].genre) for name in names], lengths)
        shapes = tuple(its.shape[1:] for its in inputs)
        head = build_transfer(TransferConfig(**asked.config), shapes, len(self.dataset.genres))
        groups, n_genres = np.repeat(np.arange(len(names)), lengths), len(self.dataset.genres)
        head.fit(inputs, genres, groups=groups, n_genres=n_genres, seed=0, report=lambda words, share: None)
        return head


def _mean_log(posterior: np.ndarray) -> np.ndarray:
    logs = np.log(posterior.clip(1e-6)).mean(axis=0)
    odds = np.exp(logs - logs.max())
    return (odds / odds.sum())[None].astype(np.float32)


def bench(root: Root, folder: Path, tags: Path) -> Bench:
    """Make or read the data sets, compute what is missing."""
    dataset, store = make_numbers(folder, tags, root, say), FeatureStore(root.features)
    values: dict[str, Values] = {}
    for request in given_requests(dataset):
        name = next(name for name, own in OWN.items() if own == request)
        found = load_given(dataset, root.datasets, request)
        values[name] = {track.id: found[track.sha256].values for track in dataset.tracks}
    at_hand = [track for track in load_dataset(SONGS, root.datasets).tracks if track.id in dataset.by_id]
    lacking = [request for name, request in OWN.items() if name not in values]
    for problem in extract_all(at_hand, lacking, store, progress=lambda done, total, left: say(f"{done} of {total} songs heard")):
        raise click.ClickException(problem.message)
    for name, request in OWN.items():
        if name not in values:
            values[name] = {track.id: store.get(track, *request).values for track in at_hand}
    for net in dict.fromkeys(net for net, _ in OTHERS.values()):
        if (paths.BACKBONES / f"{net}.onnx").exists():
            told = {name: layer for name, (its, layer) in OTHERS.items() if its == net}
            values |= dict(zip(told, _of_other_net(net, list(told.values()), at_hand, root), strict=True))
    folds = [dict(make_folds(dataset, 5, seed=seed).of) for seed in SEEDS]
    doubted = _doubted(folder / "crowd.csv", dataset)
    return Bench(dataset, values, frozenset(track.id for track in at_hand), doubted, folds)


def _of_other_net(net: str, layers: list[str], tracks: list[Track], root: Root) -> list[Values]:
    """What a net that does not come with the product says, kept in the root's folder of benchmarks."""
    import onnxruntime

    kept = [root.path / "benchmarks" / "transfer-tries" / f"{net}-{layer}.npz" for layer in layers]
    if not all(path.exists() for path in kept):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        session = onnxruntime.InferenceSession(paths.BACKBONES / f"{net}.onnx", options)
        found: list[Values] = [{} for _ in layers]
        for track in tracks:
            clip = track.clip().resample(MUSICNN_MEL.sr)
            cuts = SEGMENTS.cut(clip.n_samples, sr=clip.sr)
            heard = np.stack([windows(described(clip.y[cut.start : cut.stop], MUSICNN_MEL).T)[0] for cut in cuts])
            for its, said in zip(found, session.run(layers, {"mel": heard}), strict=True):
                its[track.id] = said
        for path, its in zip(kept, found, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path, **its)
    return [_read(path) for path in kept]


def _read(path: Path) -> Values:
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _doubted(crowd: Path, dataset: Dataset) -> frozenset[str]:
    """Songs that more than half of at least three listeners call otherwise."""
    answers: dict[str, list[str]] = defaultdict(list)
    for answer in read_answers(crowd):
        answers[answer.track_id].append(answer.genre)
    found = set()
    for track in dataset.tracks:
        (word, count), *_ = Counter(answers[track.id]).most_common(1) or [("", 0)]
        if len(answers[track.id]) >= 3 and word != track.genre and 2 * count > len(answers[track.id]):
            found.add(track.id)
    return frozenset(found)


def line(place: Bench, asked: Try) -> tuple[str, ...]:
    """A row of the table."""
    found = [place.judged(asked, seed) for seed in SEEDS]
    artists = [place.dataset.by_id[str(name)].artist for name in found[0].track_ids]
    report, _ = judge(found[0], artists=artists)
    right = [its.y_pred == its.y_true for its in found]
    at_hand = np.array([str(name) in place.heard for name in found[0].track_ids])
    mean = statistics.mean(float(its.mean()) for its in right)
    losses = [-np.log(its.posteriors[np.arange(len(its.y_true)), its.y_true].clip(1e-6)).mean() for its in found]
    return (
        f"**{asked.title}**" if asked == CHOSEN else asked.title,
        f"{len(at_hand)}",
        f"{report.intervals['accuracy']}",
        f"{mean:.3f}",
        f"{statistics.mean(float(its[at_hand].mean()) for its in right):.3f}",
        f"{report.intervals['macro_f1']}",
        f"{statistics.mean(losses):.2f}",
    )


HEADER = (
    "reads, head, settings",
    "songs",
    "accuracy, first division",
    "mean of five divisions",
    "of songs at hand",
    "macro F1, first division",
    "log loss",
)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("tags", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--root", type=click.Path(file_okay=False), help="Folder of data sets and features.")
@click.option("--print-only", is_flag=True, help="Leave docs/results.md as it is.")
def main(folder: Path, tags: Path, root: str | None, print_only: bool) -> None:
    """Judge every try and write the table."""
    place = bench(find_root(root), folder, tags)
    rows = []
    for asked in TRIES:
        if lacking := [name for name in asked.reads if name not in place.values]:
            click.echo(f"left out, no file of its net: {', '.join(lacking)}", err=True)
            continue
        rows.append(line(place, asked))
        click.echo(" | ".join(rows[-1]), err=True)
    text = f"""{table(HEADER, rows)}

Five folds by artist; a track is the mean of its segments. In brackets: 95 % intervals over artists.
{len(place.heard)} of {len(place.dataset.tracks)} songs were at hand; of the others tags and columns are known, as published.
In bold: what ships."""
    click.echo(text)
    if not print_only:
        write_between(DOCUMENT, "tries", text)


if __name__ == "__main__":
    main()
