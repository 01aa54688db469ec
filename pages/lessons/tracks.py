"""Real tracks as points: the reader picks genres and two numbers of sound, and each track lies where it measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from genre_core.datasets.tracks import Dataset
from genre_core.teaching.describing import SOUND_NUMBERS, SoundNumber, column_of
from genre_core.teaching.fitting import Scale, measure
from pages.lessons.lesson import Stage
from pages.ui import caches_learn, pickers

PATIENCE_SECONDS = 0.3
"""What takes longer says how far it is."""
UNTITLED: dict[str, Any] = {"label_visibility": "collapsed"}
PREFERRED = ("blues", "disco", "reggae")
"""Genres that a lesson begins with where a data set has them: two numbers nearly tell them apart, and one line does not."""
FIRST_AXES = ("brightness", "liveliness")


ROW = 85
"""Height of a row of menus above the picture, before a class [pixels]."""


class Points(NamedTuple):
    """Tracks of some genres on a plane of two numbers.

    Attributes
    ----------
    dataset : Dataset
    genres : tuple of str
        The ones that were picked, in their order.
    axes : tuple of SoundNumber
        What lies across and what goes up.
    ids : tuple of str
        Of each track.
    values : np.ndarray
        In the numbers' units, shape (n_tracks, 2).
    y : np.ndarray
        Index of each track's genre, shape (n_tracks,).
    scale : Scale
        What brings the values to one scale: 0 is the average of these tracks, 1 a typical distance from it.
    """

    dataset: Dataset
    genres: tuple[str, ...]
    axes: tuple[SoundNumber, SoundNumber]
    ids: tuple[str, ...]
    values: np.ndarray
    y: np.ndarray
    scale: Scale

    @property
    def x(self) -> np.ndarray:
        """The values on one scale, shape (n_tracks, 2)."""
        return self.scale(self.values)

    @property
    def names(self) -> list[str]:
        """Genre of each track."""
        return [self.genres[index] for index in self.y]

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Ends of both axes on the scale, with room around the tracks."""
        low, high = self.x.min(axis=0), self.x.max(axis=0)
        room = 0.12 * np.maximum(high - low, 1.0)
        across, up = np.stack([low - room, high + room], axis=1).tolist()
        return (across[0], across[1]), (up[0], up[1])

    def in_units(self, x: np.ndarray) -> np.ndarray:
        """Points of the scale in the numbers' units."""
        return np.asarray(x) * self.scale.deviation + self.scale.mean


def can_be_divided(dataset: Dataset) -> bool:
    """Whether every genre has two artists with sound: one to learn from, one to be judged."""
    artists: dict[str, set[str]] = {}
    for track in dataset.tracks:
        if track.path is not None:
            artists.setdefault(track.genre, set()).add(track.artist or track.id)
    return len(artists) > 1 and min(len(names) for names in artists.values()) > 1


def pick_points(stage: Stage, n_genres: int) -> Points | None:
    """What the reader picks in a row above the picture; None, and a sentence, where there are no tracks for it."""
    known = {name: entry for name, entry in pickers.datasets().items() if entry.has_audio and len(entry.genres) >= n_genres}
    if not known:
        stage.lack(
            "Tracks of {count} genres are compared here. The demo songs are still being made, or no data set holds sound.",
            count=n_genres,
        )
        return None
    columns = row(stage, (len(known) > 1) + n_genres + 2)
    name = (
        on(stage, columns).menu(
            "Songs", "songs", tuple(known), next(iter(known)), format_func=lambda name: pickers.label(known[name]), **UNTITLED
        )
        if len(known) > 1
        else next(iter(known))
    )
    dataset = known[name]
    first = _preferred(dataset)
    genres = tuple(
        on(stage, columns).menu(
            stage.words("Genre {number}", number=place), f"genre_{place}", tuple(dataset.genres), first[place - 1], **UNTITLED
        )
        for place in range(1, n_genres + 1)
    )
    axes = tuple(
        on(stage, columns).menu(label, key, tuple(SOUND_NUMBERS), default, format_func=_with(stage, label[-1]), **UNTITLED)
        for label, key, default in (("Number →", "across", FIRST_AXES[0]), ("Number ↑", "up", FIRST_AXES[1]))
    )
    if len(set(genres)) < n_genres or axes[0] == axes[1]:
        stage.lack("Choose different genres and two different numbers.")
        return None
    return _gathered(stage, dataset, genres, axes)


def first_points(stage: Stage) -> Points | None:
    """What `pick_points` begins with, for two genres; None, and nothing said, where there are no songs yet."""
    dataset = next((entry for entry in pickers.datasets().values() if entry.has_audio and len(entry.genres) >= 2), None)
    return None if dataset is None else _gathered(stage, dataset, _preferred(dataset)[:2], FIRST_AXES)


def _preferred(dataset: Dataset) -> tuple[str, ...]:
    """Its genres, those to begin with first."""
    first = [genre for genre in PREFERRED if genre in dataset.genres]
    return (*first, *(genre for genre in dataset.genres if genre not in first))


def _gathered(stage: Stage, dataset: Dataset, genres: tuple[str, ...], axes: tuple[str, ...]) -> Points | None:
    line, began = stage.picture.empty(), time.monotonic()
    found = []
    for genre in genres:

        def progress(done: int, total: int, genre: str = genre) -> None:
            if time.monotonic() - began > PATIENCE_SECONDS:
                words = stage.words("Listening to {genre}: {done} of {total} tracks", genre=genre, done=done, total=total)
                line.progress(done / total, text=words)

        found.append(caches_learn.sound_numbers(dataset, genre, progress))
    line.empty()
    silent = [genre for genre, (ids, _) in zip(genres, found, strict=True) if not ids]
    if silent:
        stage.lack("No track of {genre} has sound here. Choose another genre.", genre=silent[0])
        return None
    values = np.concatenate([rows for _, rows in found])[:, [column_of(name) for name in axes]]  # (n_tracks, 2)
    return Points(
        dataset,
        genres,
        (SOUND_NUMBERS[axes[0]], SOUND_NUMBERS[axes[1]]),
        tuple(name for ids, _ in found for name in ids),
        values,
        np.repeat(np.arange(len(genres)), [len(ids) for ids, _ in found]),
        measure(values),
    )


def weights_of(stage: Stage, points: Points) -> tuple[str, str]:
    """What the weights of both numbers are called, `Weight of brightness`."""
    across, up = (stage.words("Weight of {number}", number=stage.words(axis.title.lower())) for axis in points.axes)
    return across, up


def _with(stage: Stage, arrow: str) -> Callable[[str], str]:
    return lambda key: f"{arrow} {stage.words(SOUND_NUMBERS[key].title)}"


def row(stage: Stage, count: int) -> Iterator[Any]:
    """Places side by side above the picture, for what can be changed."""
    stage.heights.append(ROW)
    return iter(stage.picture.columns(count))


def on(stage: Stage, columns: Iterator[Any]) -> Stage:
    """The same stage with the next column for what can be changed."""
    return stage._replace(side=next(columns), beside=[])
