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
from genre_core.teaching.published import FALLS, PUBLISHED, Fall
from pages.figures.learn import leak as figures
from pages.lessons.lesson import Lesson, Stage
from pages.lessons.tracks import can_be_divided
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
    way = stage.menu("Divide", "way", tuple(WAYS), "segment", format_func=lambda name: stage.words(WAYS[name].title))
    lot = stage.slider("Lot", "lot", 1, N_LOTS, 1, 1)
    judged = caches_leak.judged_of(found, way, lot)
    mine = np.unique(table.track[table.y == table.genres.index(genre)])
    artist_of = dict(zip(table.track.tolist(), table.artist.tolist(), strict=True))
    shown = sorted(mine.tolist(), key=lambda track: (artist_of[track], track))[:SHOWN_TRACKS]
    place_of = {track: place for place, track in enumerate(shown)}
    here = np.flatnonzero(np.isin(table.track, shown))
    songs = [table.track_ids[track] for track in shown]
    artists = [dataset.by_id[song].artist or stage.words("unknown") for song in songs]
    rows = np.array([place_of[track] for track in table.track[here].tolist()])
    stage.chart(figures.divided(artists, songs, found.number[here] + 1, rows, judged[here]), "divided")
    of_song = np.isin(table.track[judged], table.track[~judged]).mean()
    of_artist = np.isin(table.artist[judged], table.artist[~judged]).mean()
    stage.tell(
        "{crosses} Of all judged segments **{of_song:.0f} %** come from a song, and **{of_artist:.0f} %** "
        "from an artist, of whom something was learned.",
        crosses=stage.words(WAYS[way].crosses),
        of_song=100 * of_song,
        of_artist=100 * of_artist,
    )


def _guess(stage: Stage) -> None:
    _, found = _segments(stage)
    if found is None:
        return
    guesses = {
        way: stage.slider(
            stage.words("Your guess: {way} [%]", way=stage.words(spec.title.lower())), f"guess_{way}", 0, 100, 50, 1
        )
        / 100
        for way, spec in WAYS.items()
    }
    seen = stage.toggle("Show what came out", "shown")
    model = _model(stage)
    scores = _scores(stage, found, model) if seen else None
    stage.chart(figures.guessed(guesses, scores, words=stage.words), "guessed")
    if scores is None:
        n_segments, n_columns = found.table.values.shape
        stage.tell(
            "{segments:,} segments of {songs:,} songs, {numbers} numbers each, {genres} genres. Guess first.",
            segments=n_segments,
            songs=len(found.table.track_ids),
            numbers=n_columns,
            genres=len(found.table.genres),
        )
        return
    off = [abs(100 * (guesses[score.way] - score.accuracy)) for score in scores]
    stage.tell(
        "Same model, same songs: **{leaky:.0f} %** or **{honest:.0f} %**. Your guesses are {off:.0f} points off on average. "
        "Lines: lowest and highest of {lots} lots.",
        leaky=100 * scores[0].accuracy,
        honest=100 * scores[-1].accuracy,
        off=np.mean(off),
        lots=scores[0].n_tries,
    )


def _nearest(stage: Stage) -> None:
    dataset, found = _segments(stage)
    if dataset is None or found is None:
        return
    way = stage.menu("Divide", "way", tuple(WAYS), "segment", format_func=lambda name: stage.words(WAYS[name].title))
    number = stage.slider("A judged segment", "judged", 1, 100, 1, 1)
    table, judged = found.table, caches_leak.judged_of(found, way, 1)
    stage.chart(figures.kin(_scores(stage, found, "neighbours"), height=230, words=stage.words), "kin", low=0.95)
    row = int(np.random.default_rng(0).permutation(np.flatnonzero(judged))[(number - 1) % int(judged.sum())])
    near = nearest_learned(table.values, judged, row)
    most_alike = "Judged, the original: {judged}. Most alike among what was learned: {learned}, a stranger's song. {verdict}"
    if table.track[near] == table.track[row]:
        most_alike = "Judged, the original: {judged}. Most alike among what was learned: {learned}, **the same song**. {verdict}"
    elif table.artist[near] == table.artist[row]:
        most_alike = (
            "Judged, the original: {judged}. Most alike among what was learned: {learned}, "
            "another song of **the same artist**. {verdict}"
        )
    asked, answer = _piece(dataset, found, row), _piece(dataset, found, near)
    stage.listen(asked, "pieces", sounds=[Sound("most alike", answer)], title="judged")
    is_right = table.y[near] == table.y[row]
    verdict = stage.words(
        "Its genre, {genre}, is right." if is_right else "Its genre, {genre}, is wrong.", genre=table.genres[table.y[near]]
    )
    stage.tell(most_alike, judged=_named(stage, found, row), learned=_named(stage, found, near), verdict=verdict)


def _nonsense(stage: Stage) -> None:
    _, found = _segments(stage)
    if found is None:
        return
    lot = stage.slider("Lot that deals the genres", "deal", 1, N_LOTS, 1, 1)
    model = _model(stage)
    scores = _scores(stage, found, model, lot=lot, n_tries=1)
    stage.chart(figures.ways_apart(scores, words=stage.words), "nonsense")
    stage.tell(
        "Genres mean nothing now, and still **{leaky:.0f} %** of random segments are called right. With artists apart "
        "{honest:.0f} %; chance is {chance:.0f} %.",
        leaky=100 * scores[0].accuracy,
        honest=100 * scores[-1].accuracy,
        chance=100 * scores[-1].chance,
    )


def _published(stage: Stage) -> None:
    names = {fall.what: place for place, fall in enumerate(FALLS)}
    chosen = stage.menu("Measurement", "fall", tuple(names), FALLS[0].what, format_func=stage.words)
    falls = [_in_words(stage, fall) for fall in FALLS]
    fall = falls[names[chosen]]
    stage.chart(figures.fallen(falls, names[chosen]), "fallen")
    stage.tell(
        "**{leaky:g} %** {leaky_way}, **{honest:g} %** {honest_way}: {points:g} points are the leak's. {source}.",
        **{**fall._asdict(), "source": f"[{fall.source}]({fall.link})" if fall.link else fall.source},
        points=fall.leaky - fall.honest,
    )
    told = PUBLISHED[stage.menu("What others found", "found", tuple(range(len(PUBLISHED))), 1, format_func=_short)]
    stage.tell("{finding} [{source}]({link})", finding=stage.words(told.says), source=stage.words(told.source), link=told.link)


def _in_words(stage: Stage, fall: Fall) -> Fall:
    """The measurement in the lesson's language."""
    told = ("what", "leaky_way", "honest_way", "source")
    return fall._replace(**{name: stage.words(getattr(fall, name)) for name in told})


def _short(place: int) -> str:
    """`Sturm, 2013`."""
    source = PUBLISHED[place].source
    return f"{source.split(',')[0]}, {re.findall(r'(?:19|20)[0-9]{2}', source)[0]}"


def _model(stage: Stage) -> str:
    return str(stage.menu("Model", "model", tuple(MODELS), "neighbours", format_func=lambda name: stage.words(MODELS[name][0])))


def _segments(stage: Stage, *, asks: bool = False) -> tuple[Dataset | None, Segments | None]:
    """The data set that is divided, which the first step asks for, with its segments; None, and a sentence, where none can be."""
    known = {name: entry for name, entry in pickers.datasets().items() if can_be_divided(entry)}
    if not known:
        stage.lack(
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
def _line(stage: Stage, phrase: str) -> Iterator[Callable[[int, int], None]]:
    """How far something is, where it takes longer."""
    line, began = stage.picture.empty(), time.monotonic()

    def progress(done: int, total: int) -> None:
        if time.monotonic() - began > PATIENCE_SECONDS:
            line.progress(done / total, text=stage.words(phrase, done=done, total=total))

    yield progress
    line.empty()


def _piece(dataset: Dataset, found: Segments, row: int) -> Clip:
    """The sound of a segment."""
    track = int(found.table.track[row])
    clip = cached.track_clip(dataset.by_id[found.table.track_ids[track]])
    seconds = clip.seconds / int((found.table.track == track).sum())
    start = seconds * int(found.number[row])
    return clip.slice(start, min(clip.seconds, start + seconds))


def _named(stage: Stage, found: Segments, row: int) -> str:
    song = found.table.track_ids[found.table.track[row]]
    return stage.words("segment {number} of {song}", number=found.number[row] + 1, song=song)


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
