"""What a data set's table tells by itself: titles, artists, how many tracks a genre has."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict

from genre_core.datasets.division import artist_key
from genre_core.datasets.tracks import Dataset, Problem, Track

MAX_IMBALANCE = 3.0
"""Largest genre over smallest from which accuracy says more of the large genre than of the model."""

MIN_TRACKS = 10
_SHOWN = 5
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def title_key(title: str) -> str:
    """A title as it is compared: without accents, capitals, signs, and what stands in brackets (live, remix, remastered)."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", title) if not unicodedata.combining(sign)).casefold()
    words = re.findall(r"\w+", _BRACKETS.sub(" ", plain)) or re.findall(r"\w+", plain)
    return " ".join(words)


def title_problems(dataset: Dataset) -> list[Problem]:
    """Songs of one artist and title that are there several times, where the table has a column `title`."""
    songs: dict[tuple[str, str], list[Track]] = defaultdict(list)
    for track in dataset.tracks:
        if track.artist and (key := title_key(track.extra.get("title", ""))):
            songs[artist_key(track.artist), key].append(track)
    problems = []
    for tracks in songs.values():
        if len(tracks) < 2:
            continue
        genres = list(dict.fromkeys(track.genre for track in tracks))
        first, ids = tracks[0], tuple(track.id for track in tracks)
        song = f"{first.artist}: {first.extra['title']}"
        if len(genres) > 1:
            named = ", ".join(f"{track.id} ({track.genre})" for track in tracks[:_SHOWN])
            message = f"{song} is labelled {' and '.join(genres)}: {named}."
            problems.append(Problem(first.id, "title_conflict", message, ids))
        else:
            message = f"{song} is there {len(tracks)} times: {', '.join(ids[:_SHOWN])}{' and more' * (len(ids) > _SHOWN)}."
            problems.append(Problem(first.id, "same_title", message, ids))
    return problems


def balance_problems(dataset: Dataset) -> list[Problem]:
    """Genres with few tracks, or many times those of another, and artists that nobody named."""
    by_genre: dict[str, list[str]] = defaultdict(list)
    for track in dataset.tracks:
        by_genre[track.genre].append(track.id)
    counts = Counter({genre: len(ids) for genre, ids in by_genre.items()})
    problems = []
    for genre in dataset.genres:
        if counts[genre] < MIN_TRACKS:
            number = f"{counts[genre]} track{'s' * (counts[genre] > 1)}"
            message = f"{number}; a score for this genre says little with fewer than {MIN_TRACKS}."
            problems.append(Problem(genre, "few_tracks", message, tuple(by_genre[genre])))
    if counts:
        (large, most), (small, least) = counts.most_common(1)[0], min(counts.items(), key=lambda entry: (entry[1], entry[0]))
        if most > MAX_IMBALANCE * least:
            message = f"{large} has {most} tracks, {small} {least}: read scores genre by genre, accuracy alone flatters {large}."
            problems.append(Problem(large, "imbalance", message, tuple(by_genre[large])))
    if dataset.tracks and not dataset.artists_known:
        unknown = tuple(track.id for track in dataset.tracks if not track.artist)
        message = (
            f"{len(unknown)} of {len(dataset.tracks)} tracks name no artist: that no artist crosses a split cannot be proven."
        )
        problems.append(Problem(dataset.name, "artists_unknown", message, unknown))
    return problems
