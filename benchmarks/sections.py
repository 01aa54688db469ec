"""Where the genre changes: joins of two genres, music in which nothing changes, and whole songs.

    python -m benchmarks.sections GTZAN_FOLDER TAGS.npz SONGS_FOLDER [--root FOLDER] [--joins N] [--print-only]

GTZAN_FOLDER and TAGS.npz are those of docs/shipped.md; SONGS_FOLDER holds whole songs and sounds. A join is some sound of one
genre and some of another, cut hard: one clip a side, 10 to 30 s of it, and in every second join two to four clips a side. Both
sides come from one fold of artists, and the model that hears them is the shipped one's head, and its likeness, taught anew on the
four other folds. (MusiCNN itself and the check for music are as they ship.) What `evaluation/sections.py` chooses was chosen on
joins and clips of the folds in CHOSEN_ON, on these clips faded in and out, and on game music; the tables are of the other folds
and of SONGS_FOLDER. They go into docs/results.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click
import numpy as np

from benchmarks.record import table, write_between
from benchmarks.results import DOCUMENT
from benchmarks.songs import audio_files
from benchmarks.transfer_tries import CHOSEN, OWN, Bench, say
from genre_core.audio import Clip
from genre_core.datasets.folds import make_folds
from genre_core.datasets.given import load_given
from genre_core.datasets.library import load_dataset
from genre_core.datasets.tracks import Track
from genre_core.evaluation.likeness import fit_likeness
from genre_core.evaluation.sections import Section, told
from genre_core.inference import SR, Predictor
from genre_core.models.base import Classifier, Scores
from genre_core.models.tempered import Tempered
from genre_core.paths import find_root
from genre_core.prediction import Prediction
from genre_core.runs import Run, find_run
from genre_core.shipped.gtzan import SONGS, make_numbers

RUN, FOLDS, SEED = "ten-genres", 5, 2
CHOSEN_ON = (0, 1, 2)
"""Folds on which penalties were chosen; the tables are of the others."""
NEAR_SECONDS = 3.0
"""A change counts as found when a border lies so near."""
LONG = (2, 5)
"""Clips a side of every second join: from the first to less than the second."""


@dataclass(frozen=True, eq=False)
class Join:
    """A sound of one genre and one of another behind it."""

    clip: Clip
    cut_seconds: float
    genres: tuple[str, str]
    fold: int
    n_clips: int


@dataclass(frozen=True)
class Found:
    """What came of a join: whether its cut was found, whether both sides bear their genre, and borders elsewhere."""

    near: bool
    named: bool
    others: int


class Place:
    """Songs, their folds, and for each fold a predictor that has not heard it."""

    def __init__(self, run: Run, root: str | None, folder: Path, tags: Path) -> None:
        place = find_root(root)
        self.run, self.dataset = run, make_numbers(folder, tags, place, say)
        at_hand = load_dataset(SONGS, place.datasets).tracks
        self.tracks = [track for track in at_hand if track.id in self.dataset.by_id]
        self.fold = dict(make_folds(self.dataset, FOLDS, seed=0).of)
        values = {}
        for name in CHOSEN.reads:
            found = load_given(self.dataset, place.datasets, OWN[name])
            values[name] = {track.id: found[track.sha256].values for track in self.dataset.tracks}
        self.bench = Bench(self.dataset, values, frozenset(track.id for track in self.tracks), frozenset(), [self.fold])
        self._predictors: dict[int, Predictor] = {}

    def predictor(self, fold: int) -> Predictor:
        """As the shipped run serves, but that neither head nor likeness has met this fold's artists."""
        if fold not in self._predictors:
            head = self.bench.taught(CHOSEN, [track.id for track in self.dataset.tracks if self.fold[track.id] != fold])
            others = [track for track in self.tracks if self.fold[track.id] != fold]
            means = [np.concatenate(self.bench.inputs(CHOSEN, track.id), axis=1).mean(axis=0) for track in others]
            likeness = fit_likeness(np.stack(means), np.array([self.dataset.genres.index(track.genre) for track in others]))
            assert self.run.calibration is not None
            told_apart = Tempered(_Embedding(head), self.run.calibration["temperature"])
            features, segments = tuple(self.run.features), self.run.segments
            self._predictors[fold] = Predictor(self.dataset.genres, features, segments, told_apart, likeness=likeness)
        return self._predictors[fold]

    @cached_property
    def reported(self) -> tuple[int, ...]:
        return tuple(fold for fold in range(FOLDS) if fold not in CHOSEN_ON)

    def joins(self, count: int, folds: Sequence[int], *, seed: int) -> Iterator[Join]:
        """Seeded joins; one clip a side and several in turn."""
        rng, made = np.random.default_rng(seed), 0
        while made < count:
            fold = int(rng.choice(folds))
            by_genre: dict[str, list[Track]] = {}
            for track in self.tracks:
                if self.fold[track.id] == fold:
                    by_genre.setdefault(track.genre, []).append(track)
            first, second = (str(genre) for genre in rng.choice(sorted(by_genre), 2, replace=False))
            n_clips = int(rng.integers(*LONG)) if made % 2 else 1
            if min(len(by_genre[first]), len(by_genre[second])) < n_clips:
                continue
            sides = [_side(rng, by_genre[genre], n_clips) for genre in (first, second)]
            made += 1
            yield Join(Clip(np.concatenate(sides), SR), len(sides[0]) / SR, (first, second), fold, n_clips)


class _Embedding:
    """A head that says where a segment lies: at what it reads, as the shipped model's graph has it."""

    def __init__(self, head: Classifier) -> None:
        self.head = head

    def __call__(self, *inputs: np.ndarray) -> Scores:
        return self.head(*inputs)._replace(embedding=np.concatenate(inputs, axis=1))


def _side(rng: np.random.Generator, tracks: list[Track], n_clips: int) -> np.ndarray:
    found = []
    for index in rng.choice(len(tracks), n_clips, replace=False):
        y = tracks[index].clip(sr=SR).y
        length = min(y.size, round((rng.uniform(10, 30) if n_clips == 1 else 30) * SR))
        start = int(rng.integers(0, y.size - length + 1))
        found.append(y[start : start + length])
    return np.concatenate(found)


def judged(sections: Sequence[Section], join: Join) -> Found:
    """Compare what was found of a join with what was joined."""
    borders = [section.start_seconds for section in sections[1:]]
    distances = [abs(border - join.cut_seconds) for border in borders]
    near = bool(distances) and min(distances) <= NEAR_SECONDS
    if not near:
        return Found(False, False, len(borders))
    at = int(np.argmin(distances))
    sides = sections[at], sections[at + 1]
    named = all(side.decision == "genre" and side.genre == genre for side, genre in zip(sides, join.genres, strict=True))
    return Found(True, named, len(borders) - 1)


def row(words: str, found: list[Found], seconds: float) -> tuple[str, ...]:
    """A line of the table."""
    others = sum(its.others for its in found)
    near, named = (f"{sum(values)} of {len(found)}" for values in ([i.near for i in found], [i.named for i in found]))
    return words, near, named, f"{others}", f"{seconds / 60:.0f}", f"{600 * others / seconds:.1f}"


def unjoined(words: str, found: list[Prediction]) -> tuple[str, ...]:
    """A line of music in which nothing was joined."""
    seconds = sum(float(its.end_seconds[-1]) for its in found)
    others = sum(len(its.sections) - 1 for its in found)
    return words, "–", "–", f"{others}", f"{seconds / 60:.0f}", f"{600 * others / seconds:.1f}"


HEADER = ("sound", "changes found", "and both genres named", "other changes", "minutes", "per 10 minutes")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("tags", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("songs", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--root", type=click.Path(file_okay=False), help="Folder of data sets and features.")
@click.option("--joins", default=60, show_default=True, help="How many; the first 20 have a line of their own.")
@click.option("--print-only", is_flag=True, help="Leave docs/results.md as it is.")
def main(folder: Path, tags: Path, songs: Path, root: str | None, joins: int, print_only: bool) -> None:
    """Join, listen, and write the tables."""
    run = find_run(RUN, find_root())
    place = Place(run, root, folder, tags)
    results: list[Found] = []
    seconds: list[float] = []
    for join in place.joins(joins, place.reported, seed=SEED):
        prediction = place.predictor(join.fold).predict(join.clip)
        results.append(judged(prediction.sections, join))
        seconds.append(join.clip.seconds)
        print(f"{join.genres} at {join.cut_seconds:.1f} s, {join.n_clips} a side: {prediction.mix or 'one'}", file=sys.stderr)
    rows = [row("the first 20 joins", results[:20], sum(seconds[:20]))] if joins > 20 else []
    rows.append(row(f"{joins} joins", results, sum(seconds)))
    for words, rest in (("of these, one clip a side", 0), ("of these, two to four clips a side", 1)):
        rows.append(row(words, results[rest::2], sum(seconds[rest::2])))
    alone = [track for track in place.tracks if place.fold[track.id] in place.reported]
    clips = []
    for number, track in enumerate(alone, 1):
        clips.append(place.predictor(place.fold[track.id]).predict(track.clip(sr=SR)))
        say(f"{number} of {len(alone)} clips heard")
    rows.append(unjoined(f"{len(alone)} single clips of 30 s", clips))
    predictor = Predictor.from_run(run)
    whole = [(path, predictor.classify(path)) for path in audio_files(songs)]
    music = [prediction for _, prediction in whole if not prediction.unlike]
    rows.append(unjoined(f"{len(music)} whole songs, the shipped model", music))
    lines = [(path.name, f"{its.end_seconds[-1]:.0f}", _verdict(its), told(its.sections) or "one section") for path, its in whole]
    text = f"""{table(HEADER, rows)}

A change counts as found when a border lies within {NEAR_SECONDS:g} s of the cut. In joins of several clips a side most of the
other changes lie where two songs of one genre meet, one of which the model takes for another genre. Heads and likeness had met
none of the artists; folds {", ".join(str(fold + 1) for fold in place.reported)} of {FOLDS}, on which nothing was chosen.

{table(("file", "length [s]", "verdict of the shipped model", "sections"), lines)}"""
    click.echo(text)
    if not print_only:
        write_between(DOCUMENT, "sections", text)


def _verdict(found: Prediction) -> str:
    if found.decision == "genre":
        return f"**{found.genre}** {found.confidence:.2f}"
    return f"not sure ({found.unlike or f'closest: {found.genre} {found.confidence:.2f}'})"


if __name__ == "__main__":
    main()
