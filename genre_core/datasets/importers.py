"""From songs to a data set: every file decoded once, and every file that is left out named with its reason."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from genre_core.datasets.hearing import listen_all
from genre_core.datasets.places import check_name
from genre_core.datasets.sources.folder import find_folder
from genre_core.datasets.sources.found import Found, SongFile, name_for, said
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.sources.names import printable
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.errors import DatasetError
from genre_core.parallel import Progress

__all__ = ["RESERVED_NAMES", "canonical_genre", "checked_name", "import_folder", "import_songs"]

RESERVED_NAMES = frozenset({"demo"})
_IN_ORDER = re.compile(r"[^\W\d_]+\.\d+")


def import_folder(
    path: Path,
    *,
    name: str | None = None,
    title: str = "",
    artist_folders: bool = True,
    progress: Progress | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    memory: Path | None = None,
) -> Dataset:
    """Read a folder of songs, one folder a genre; `import_songs` of what `find_folder` finds.

    Parameters
    ----------
    path : Path
        The folder; any layout of GTZAN is understood, given at the genre folders or up to two levels above.
    artist_folders : bool
        Whether a folder inside a genre folder names the artist of its songs.
    name, title, progress, processes, scheduler, memory
        As in `import_songs`.

    Raises
    ------
    DatasetError
        What `find_folder` and `import_songs` raise.
    """
    path = Path(path).expanduser().absolute()
    name = checked_name(name or name_for(path))
    found = find_folder(path, artist_folders=artist_folders)
    return import_songs(found, name=name, title=title, progress=progress, processes=processes, scheduler=scheduler, memory=memory)


def import_songs(
    found: Found,
    *,
    name: str | None = None,
    title: str = "",
    progress: Progress | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    memory: Path | None = None,
) -> Dataset:
    """Decode the songs that were found; nothing is copied, moved or changed, and nothing is saved yet.

    These are left out and reported as problems: files that cannot be decoded (the kind of the `AudioError`), `too_short` (under
    0.5 s), `silent`, and a `duplicate` of a song of the same genre, beside what `found` tells of. Equal audio in two genres is
    reported as `conflict` and kept: which label is right only a person can say, and every split keeps the two together.

    Parameters
    ----------
    found : Found
        What a source has found (`sources.find`); of an archive after `sources.unpack`.
    name : str or None
        Key of the data set; by default the one that `found` suggests.
    title : str
        Words to show; by default the name.
    progress : callable or None
        `progress(done, total, seconds_left)` after each file; it may raise to stop.
    processes : int or None
        Processes to use, as many as cores by default.
    scheduler : str or None
        Address of a Dask scheduler whose workers are used instead; they must find the files under the same paths.
    memory : Path or None
        File that what was heard of each song is written into at once, so that an import that was broken off goes on from there;
        songs that have changed since are decoded again. It may be deleted once the data set is saved.

    Returns
    -------
    Dataset
        Tracks in the order of `found`. Their ids are those of their table, else the file's stem where it is unique and like
        GTZAN's (`blues.00000`), else `genre/stem`.

    Raises
    ------
    DatasetError
        If songs of fewer than two genres can be read, or `memory` cannot be written.
    """
    name = checked_name(name or found.name)
    if found.archive is not None:
        raise DatasetError(f"{found.path.name} is an archive. Unpack it first (`sources.unpack`), then import what comes out.")
    paths = [song.path for song in found.songs]
    heard = listen_all(paths, progress=progress, processes=processes, scheduler=scheduler, memory=memory)
    problems = [said(problem) for problem in found.problems]
    pairs: list[tuple[Track, str]] = []
    for song, track_id, sound in zip(found.songs, _ids(found.songs), heard, strict=True):
        shown = printable(song.shown or str(song.path))
        if sound.kind:
            problems.append(Problem(shown, sound.kind, printable(sound.message)))
            continue
        heard_of = {"sample_rate": str(sound.sample_rate), "format": sound.format, "part": song.part or ""}
        extra = {**song.extra, **{key: value for key, value in heard_of.items() if value}}
        pairs.append((Track(track_id, song.genre, song.path, song.artist, sound.seconds, sound.sha256, extra), shown))
    tracks, repeats = _without_repeats(pairs)
    if len(genres := sorted({track.genre for track in tracks})) < 2:
        first = f" The first of {len(problems)} problems: {problems[0].file}: {problems[0].message}" if problems else ""
        raise DatasetError(
            f"Expected songs of at least two genres that can be read in {found.path}. "
            f"Received: {', '.join(genres) or 'none'}.{first}"
        )
    return Dataset(name, tuple(tracks), title=title or name, problems=(*problems, *repeats))


def checked_name(name: str) -> str:
    """`name`, if an import may take it; `DatasetError` for what can be no folder, and for the demo set's name."""
    if check_name(name) in RESERVED_NAMES:
        raise DatasetError(f"The name {name!r} belongs to the synthesised data set. Choose another name.")
    return name


def _ids(songs: list[SongFile]) -> list[str]:
    """An id for each file; where names repeat, the extension and then a number tell them apart."""
    stems = Counter(_stem(song) for song in songs)
    places = Counter(_place(song) for song in songs)
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    ids = []
    for song in songs:
        wanted = song.id_wish
        if not wanted and stems[_stem(song)] == 1 and _IN_ORDER.fullmatch(_stem(song)):
            wanted = _stem(song)
        elif not wanted:
            wanted = _place(song)
            if places[wanted] > 1:
                wanted = f"{song.genre}/{song.inside or song.path.name}"
        unique = wanted = printable(wanted)
        while unique in taken:
            numbers[wanted] += 1
            unique = f"{wanted} ({numbers[wanted] + 1})"
        taken.add(unique)
        ids.append(unique)
    return ids


def _stem(song: SongFile) -> str:
    """Its own file's, not that of the copy that was unpacked."""
    return Path(song.inside or song.path.name).stem


def _place(song: SongFile) -> str:
    return f"{song.genre}/{Path(song.inside or song.path.name).with_suffix('').as_posix()}"


def _without_repeats(pairs: list[tuple[Track, str]]) -> tuple[list[Track], list[Problem]]:
    """Tracks without those whose audio the same genre holds already, and a problem for each repeat."""
    kept: list[Track] = []
    problems = []
    first: dict[str, list[Track]] = {}
    for track, file in pairs:
        same = first.setdefault(track.sha256, [])
        twin = next((other for other in same if other.genre == track.genre), None)
        if twin is not None:
            problems.append(Problem(file, "duplicate", f"The same audio as {twin.id}; left out, so that it counts once."))
            continue
        if same:
            others = ", ".join(f"{other.id} ({other.genre})" for other in same)
            problems.append(
                Problem(file, "conflict", f"The same audio as {others}, under another genre. Remove the one that is wrong.")
            )
        same.append(track)
        kept.append(track)
    return kept, problems
