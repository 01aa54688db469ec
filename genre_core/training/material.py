"""What a training learns from: the tracks of a data set and their stored features, as one array each, in memory or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from genre_core.datasets.division import Alike
from genre_core.datasets.given import provide
from genre_core.datasets.library import load_dataset
from genre_core.datasets.rows import IN_MEMORY_BYTES, gather_rows
from genre_core.datasets.splits import Split, known_pairs, make_split, with_genres
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.datasets.tracks import Dataset
from genre_core.errors import TrainingError
from genre_core.jobs.journal import Journal
from genre_core.paths import Root
from genre_core.runs import Reading
from genre_core.training.batches import Segments
from genre_core.training.fitting import recipe_for
from genre_core.training.kept import kept_split
from genre_core.training.learners import Learner, learner_for
from genre_core.training.recipe import Recipe, TrainRequest


@dataclass(frozen=True, eq=False)
class Plan:
    """A training's request with everything it names at hand.

    Attributes
    ----------
    dataset, whole : Dataset
        The tracks of the genres that are asked for, and all.
    pairs : tuple
        Tracks that a check of the data set found to be alike.
    """

    request: TrainRequest
    recipe: Recipe
    root: Root
    dataset: Dataset
    journal: Journal
    whole: Dataset
    pairs: tuple[Alike, ...] = ()

    @property
    def store(self) -> FeatureStore:
        return FeatureStore(self.root.features)

    @property
    def reading(self) -> Reading:
        return Reading(self.dataset.genres, self.recipe.features, self.recipe.segments)

    @property
    def narrowed_to(self) -> tuple[str, ...]:
        """The genres that the data set was narrowed to; empty for all."""
        return () if self.dataset is self.whole else self.dataset.genres

    def learner(self) -> Learner:
        """What trains the model; loads nothing yet."""
        return learner_for(self.recipe, len(self.dataset.genres), self.journal)

    def artists(self, track_ids: Iterable[str]) -> list[str | None]:
        """Artist of each track, None where nobody knows."""
        return [self.dataset.by_id[str(track_id)].artist for track_id in track_ids]


@dataclass(frozen=True, eq=False)
class Material:
    """The segments of some tracks, in memory while they are few.

    Attributes
    ----------
    segments : Segments
        Features and genres of all of them.
    n_segments : dict
        Track id to the number of its segments, in their order.
    """

    segments: Segments
    n_segments: dict[str, int]

    def rows(self, track_ids: Iterable[str]) -> np.ndarray:
        """Indices of the segments of some tracks, shape (n,), ascending."""
        wanted = set(track_ids)
        kept = np.array([track_id in wanted for track_id in self.n_segments])
        return np.flatnonzero(np.repeat(kept, list(self.n_segments.values())))

    def rows_in(self, split: Split, role: str) -> np.ndarray:
        """Indices of the segments in one role of a split, shape (n,), ascending; of a leaky split single segments."""
        if not split.leaky:
            return self.rows(split.ids(role))
        kept = [
            given == role
            for track_id, count in self.n_segments.items()
            for given in (split.segment_roles(track_id, count) if track_id in split.roles else [""] * count)
        ]
        return np.flatnonzero(kept)


def plan(request: TrainRequest, root: Root, journal: Journal) -> Plan:
    """Read the data set of a request.

    Raises
    ------
    ParameterError, DatasetError
        As `TrainRequest.resolve` and `load_dataset`.
    TrainingError
        If there are not two genres with two tracks each: one to learn from and one to judge.
    """
    journal.report("preparing", "Reading the data set")
    whole = load_dataset(request.dataset, root.datasets)
    recipe = recipe_for(request, whole)
    dataset = with_genres(whole, request.genres)
    _check_genres(dataset)
    return Plan(request, recipe, root, dataset, journal, whole, known_pairs(whole, root.datasets))


def _check_genres(dataset: Dataset) -> None:
    counts = Counter(track.genre for track in dataset.tracks)
    if len(counts) < 2:
        raise TrainingError(
            f"A model needs at least two genres to tell apart. Received: {', '.join(counts) or 'none'} in {dataset.name!r}."
        )
    if alone := sorted(genre for genre, count in counts.items() if count < 2):
        others = ",".join(genre for genre in dataset.genres if genre not in alone)
        raise TrainingError(
            "Each genre needs at least two tracks: one to learn from and one to judge. "
            f"Received: one track of {', '.join(alone)} in {dataset.name!r}. Add tracks, or train on the others: {others}."
        )


def gather(plan: Plan, track_ids: list[str]) -> Material:
    """Compute the features that are not stored yet, and read what some tracks hold.

    Raises
    ------
    StopAsked
        If somebody asked for it.
    TrainingError
        If there are no tracks, one cannot be used, or a feature is not finite.
    """
    _extract(plan)
    tracks = [plan.dataset.by_id[track_id] for track_id in track_ids]
    progress = plan.journal.counting("preparing", "Reading features")
    arrays = []
    counts: list[int] = []
    for index, feature in enumerate(plan.recipe.features):
        before = counts
        room = IN_MEMORY_BYTES // len(plan.recipe.features)
        request = (feature, plan.recipe.segments)
        values, counts = gather_rows(
            tracks, request, plan.store, in_memory_bytes=room, gaps=plan.recipe.spec.gaps, progress=progress
        )
        arrays.append(values)
        if index and counts != before:
            odd = next(track.id for track, one, other in zip(tracks, before, counts, strict=True) if one != other)
            raise TrainingError(
                f"The features of a model must cut each track into the same segments. Received: another number for {odd}, where "
                "two sample rates round the end differently. Give the shortest tail (tail_seconds) another length, such as 0.5 s."
            )
    genres = np.repeat([plan.dataset.genres.index(track.genre) for track in tracks], counts)  # (n_segments,)
    segments = Segments(tuple(arrays), genres.astype(np.int64), np.repeat(np.arange(len(tracks)), counts))
    return Material(segments, dict(zip(track_ids, counts, strict=True)))


@dataclass(frozen=True, eq=False)
class Divided:
    """What a training that trains once learns from and is judged on; nothing of the test split is in it.

    Attributes
    ----------
    split : Split
        The role of every track.
    material : Material
        Segments of the train and the valid tracks.
    train_rows, valid_rows : np.ndarray
        Indices of the segments in these roles, shape (n,), ascending.
    """

    split: Split
    material: Material
    train_rows: np.ndarray
    valid_rows: np.ndarray


def divide(plan: Plan) -> Divided:
    """Divide the tracks of a plan as its request asks, and gather those of train and valid.

    Raises
    ------
    TrainingError
        If one of the two is empty; and as `gather`.
    """
    asked = plan.request
    if asked.keeps:
        split = kept_split(plan.dataset, asked.keeps, plan.root)
    else:
        split = make_split(
            plan.whole, asked.split, seed=asked.split_seed, genres=asked.genres, train_share=asked.train_share, pairs=plan.pairs
        )
    if not split.ids("train") or not split.ids("valid"):
        raise TrainingError("Both the train and the valid split need tracks. Received: none in one of them. Use another split.")
    material = gather(plan, list(dict.fromkeys(split.ids("train") + split.ids("valid"))))
    train_rows, valid_rows = material.rows_in(split, "train"), material.rows_in(split, "valid")
    if not len(valid_rows):
        raise TrainingError("No segment fell into the valid part. Cut the tracks into more segments, or use another split.")
    return Divided(split, material, train_rows, valid_rows)


def _extract(plan: Plan) -> None:
    requests = [(feature, plan.recipe.segments) for feature in plan.recipe.features]
    provide(plan.dataset, requests, plan.root.datasets, plan.store)
    progress = plan.journal.counting("preparing", "Computing features")
    problems = extract_all(plan.dataset, requests, plan.store, progress=progress)
    if problems:
        names = ", ".join(problem.file for problem in problems[:3])
        raise TrainingError(
            f"{len(problems)} track(s) of {plan.dataset.name!r} cannot be used, {names} among them: {problems[0].message} "
            "Import the data set again, so that it holds what can be read."
        )
