"""Why a leaky split lies: three ways to divide songs, a guess, whose piece is nearest, genres by lot, published falls."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from genre_core.audio import Clip
from genre_core.datasets.tracks import Dataset
from genre_core.teaching.dividing import WAYS
from genre_core.teaching.leaking import MODELS, Score, nearest_learned
from genre_core.teaching.published import FALLS, PUBLISHED
from pages.figures.learn import leak as figures
from pages.lessons.lesson import Lesson, Stage
from pages.ui import cached, caches_leak, pickers
from pages.ui.caches_leak import Segments
from pages.ui.player import Sound

PATIENCE_SECONDS = 0.3
"""What takes longer says how far it is."""
SHOWN_TRACKS = 12
N_LOTS = 20


def _ways(stage: Stage) -> None:
    dataset, found = _segments(stage, asks=True)
    if dataset is None or found is None:
        return
    table = found.table
    genre = stage.menu("Genre", "genre", table.genres, table.genres[0])
    way = stage.menu("Divide", "way", tuple(WAYS), "segment", format_func=lambda name: WAYS[name].title)
    lot = stage.slider("Lot", "lot", 1, N_LOTS, 1, 1)
    judged = caches_leak.judged_of(found, way, lot)
    mine = np.unique(table.track[table.y == table.genres.index(genre)])
    artist_of = dict(zip(table.track.tolist(), table.artist.tolist(), strict=True))
    shown = sorted(mine.tolist(), key=lambda track: (artist_of[track], track))[:SHOWN_TRACKS]
    place_of = {track: place for place, track in enumerate(shown)}
    here = np.flatnonzero(np.isin(table.track, shown))
    songs = [table.track_ids[track] for track in shown]
    artists = [_artist(dataset, song) for song in songs]
    rows = np.array([place_of[track] for track in table.track[here].tolist()])
    stage.chart(figures.divided(artists, songs, found.number[here] + 1, rows, judged[here]), "divided")
    of_song = np.isin(table.track[judged], table.track[~judged]).mean()
    of_artist = np.isin(table.artist[judged], table.artist[~judged]).mean()
    stage.tell(
        f"{WAYS[way].crosses} Of all judged segments **{100 * of_song:.0f} %** come from a song, and **{100 * of_artist:.0f} %** "
        "from an artist, of whom something was learned."
    )


def _guess(stage: Stage) -> None:
    _, found = _segments(stage)
    if found is None:
        return
    guesses = {
        way: stage.slider(f"Your guess: {spec.title.lower()} [%]", f"guess_{way}", 0, 100, 50, 1) / 100
        for way, spec in WAYS.items()
    }
    seen = stage.toggle("Show what came out", "shown")
    model = _model(stage)
    scores = _scores(stage, found, model) if seen else None
    stage.chart(figures.guessed(guesses, scores), "guessed")
    if scores is None:
        n_segments, n_columns = found.table.values.shape
        stage.tell(
            f"{n_segments:,} segments of {len(found.table.track_ids):,} songs, {n_columns} numbers each, "
            f"{len(found.table.genres)} genres. Guess first."
        )
        return
    off = [abs(100 * (guesses[score.way] - score.accuracy)) for score in scores]
    stage.tell(
        f"Same model, same songs: **{100 * scores[0].accuracy:.0f} %** or **{100 * scores[-1].accuracy:.0f} %**. "
        f"Your guesses are {np.mean(off):.0f} points off on average. Lines: lowest and highest of {scores[0].n_tries} lots."
    )


def _nearest(stage: Stage) -> None:
    dataset, found = _segments(stage)
    if dataset is None or found is None:
        return
    way = stage.menu("Divide", "way", tuple(WAYS), "segment", format_func=lambda name: WAYS[name].title)
    number = stage.slider("A judged segment", "judged", 1, 100, 1, 1)
    table, judged = found.table, caches_leak.judged_of(found, way, 1)
    stage.chart(figures.kin(_scores(stage, found, "neighbours"), height=230), "kin")
    row = int(np.random.default_rng(0).permutation(np.flatnonzero(judged))[(number - 1) % int(judged.sum())])
    near = nearest_learned(table.values, judged, row)
    whose = "a stranger's song"
    if table.track[near] == table.track[row]:
        whose = "**the same song**"
    elif table.artist[near] == table.artist[row]:
        whose = "another song of **the same artist**"
    asked, answer = _piece(dataset, found, row), _piece(dataset, found, near)
    stage.listen(asked, "pieces", sounds=[Sound("most alike", answer)], title="judged")
    right = "right" if table.y[near] == table.y[row] else "wrong"
    stage.tell(
        f"Judged, the original: {_named(found, row)}. Most alike among what was learned: {_named(found, near)}, {whose}. "
        f"Its genre, {table.genres[table.y[near]]}, is {right}."
    )


def _nonsense(stage: Stage) -> None:
    _, found = _segments(stage)
    if found is None:
        return
    lot = stage.slider("Lot that deals the genres", "deal", 1, N_LOTS, 1, 1)
    model = _model(stage)
    scores = _scores(stage, found, model, lot=lot, n_tries=1)
    stage.chart(figures.ways_apart(scores), "nonsense")
    stage.tell(
        f"Genres mean nothing now, and still **{100 * scores[0].accuracy:.0f} %** of random segments are called right. "
        f"With artists apart {100 * scores[-1].accuracy:.0f} %; chance is {100 * scores[-1].chance:.0f} %."
    )


def _published(stage: Stage) -> None:
    names = {fall.what: place for place, fall in enumerate(FALLS)}
    chosen = stage.menu("Measurement", "fall", tuple(names), FALLS[0].what)
    fall = FALLS[names[chosen]]
    stage.chart(figures.fallen(FALLS, names[chosen]), "fallen")
    source = f"[{fall.source}]({fall.link})" if fall.link else fall.source
    stage.tell(
        f"**{fall.leaky:g} %** {fall.leaky_way}, **{fall.honest:g} %** {fall.honest_way}: "
        f"{fall.leaky - fall.honest:g} points are the leak's. {source}."
    )
    told = stage.menu("What others found", "found", tuple(range(len(PUBLISHED))), 1, format_func=_short)
    stage.tell(f"{PUBLISHED[told].says} [{PUBLISHED[told].source}]({PUBLISHED[told].link})")


def _short(place: int) -> str:
    """`Sturm, 2013`."""
    source = PUBLISHED[place].source
    return f"{source.split(',')[0]}, {re.findall(r'(?:19|20)[0-9]{2}', source)[0]}"


def _model(stage: Stage) -> str:
    return str(stage.menu("Model", "model", tuple(MODELS), "neighbours", format_func=lambda name: MODELS[name][0]))


def _segments(stage: Stage, *, asks: bool = False) -> tuple[Dataset | None, Segments | None]:
    """The data set that is divided, which the first step asks for, with its segments; None, and a sentence, where none can be."""
    known = {name: entry for name, entry in pickers.datasets().items() if _can_be_divided(entry)}
    if not known:
        stage.picture.info(
            "Songs are divided here, so that every genre needs two artists with sound. The demo songs are still being made, or "
            "no data set has them."
        )
        return None, None
    name = next(iter(known))
    if asks and len(known) > 1:
        name = stage.menu("Songs", "songs", tuple(known), name, format_func=lambda name: pickers.label(known[name]))
    else:
        name = stage.said("songs", tuple(known), name)
    with _line(stage, "Describing segments: {done} of {total} songs. Once for all steps.") as progress:
        found = caches_leak.segments(known[name], progress)
    return known[name], found


def _scores(stage: Stage, found: Segments, model: str, **more: Any) -> tuple[Score, ...]:
    with _line(stage, "Learning and judging: {done} of {total} times") as progress:
        return caches_leak.scores(found, model, progress=progress, **more)


@contextmanager
def _line(stage: Stage, words: str) -> Iterator[Callable[[int, int], None]]:
    """How far something is, where it takes longer."""
    line, began = stage.picture.empty(), time.monotonic()

    def progress(done: int, total: int) -> None:
        if time.monotonic() - began > PATIENCE_SECONDS:
            line.progress(done / total, text=words.format(done=done, total=total))

    yield progress
    line.empty()


def _can_be_divided(dataset: Dataset) -> bool:
    artists: dict[str, set[str]] = {}
    for track in dataset.tracks:
        if track.path is not None:
            artists.setdefault(track.genre, set()).add(track.artist or track.id)
    return len(artists) > 1 and min(len(names) for names in artists.values()) > 1


def _artist(dataset: Dataset, song: str) -> str:
    return dataset.by_id[song].artist or "unknown"


def _piece(dataset: Dataset, found: Segments, row: int) -> Clip:
    """The sound of a segment."""
    track = int(found.table.track[row])
    clip = cached.track_clip(dataset.by_id[found.table.track_ids[track]])
    seconds = clip.seconds / int((found.table.track == track).sum())
    start = seconds * int(found.number[row])
    return clip.slice(start, min(clip.seconds, start + seconds))


def _named(found: Segments, row: int) -> str:
    return f"segment {found.number[row] + 1} of {found.table.track_ids[found.table.track[row]]}"


LESSON = Lesson(
    "leak",
    8,
    {
        "ways": _ways,
        "guess": _guess,
        "nearest": _nearest,
        "nonsense": _nonsense,
        "published": _published,
    },
)
