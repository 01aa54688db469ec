"""From a folder of songs to a data set: every file decoded once, and every file that is left out named with its reason."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from genre_core.datasets.hearing import listen_all
from genre_core.datasets.layout import Layout, SongFile, canonical_genre, find_songs
from genre_core.datasets.library import check_name
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.errors import DatasetError
from genre_core.parallel import Progress

__all__ = ["canonical_genre", "import_folder"]

RESERVED_NAMES = frozenset({"demo"})
_IN_ORDER = re.compile(r"[^\W\d_]+\.\d+")
_GENERIC = frozenset({"genres_original", "genres", "audio", "data", "songs", "music"})


def import_folder(
    path: Path,
    *,
    name: str | None = None,
    title: str = "",
    artist_folders: bool = True,
    progress: Progress | None = None,
    processes: int | None = None,
    memory: Path | None = None,
) -> Dataset:
    """Read a folder of songs, one folder a genre; nothing is copied, moved or changed, and nothing is saved yet.

    Any layout of GTZAN is understood, given at the genre folders or up to two levels above. What is hidden (`._*`) or no audio
    by its extension is counted. These are left out and reported as problems: files that cannot be decoded (the kind of the
    `AudioError`), `too_short` (under 0.5 s), `silent`, songs in no genre folder (`no_genre`), and a `duplicate` of a song of
    the same genre. Equal audio in two genres is reported as `conflict` and kept: which label is right only a person can say,
    and every split keeps the two together.

    Parameters
    ----------
    path : Path
        The folder.
    name : str or None
        Key of the data set; by default the folder's own name.
    title : str
        Words to show; by default the name.
    artist_folders : bool
        Whether a folder inside a genre folder names the artist of its songs.
    progress : callable or None
        `progress(done, total, seconds_left)` after each file; it may raise to stop.
    processes : int or None
        Processes to use, as many as cores by default.
    memory : Path or None
        File that what was heard of each song is written into at once, so that an import that was broken off goes on from there;
        songs that have changed since are decoded again. It may be deleted once the data set is saved.

    Returns
    -------
    Dataset
        Tracks in the order of genre and file name. Their ids are the file's stem where it is unique and like GTZAN's
        (`blues.00000`), else `genre/stem`.

    Raises
    ------
    DatasetError
        If the folder is missing, holds no audio or fewer than two genres that can be read, or `memory` cannot be written.
    """
    path = Path(path).expanduser().absolute()
    name = check_name(name) if name else _name_of(path)
    if name in RESERVED_NAMES:
        raise DatasetError(f"The name {name!r} belongs to the synthesised data set. Choose another name.")
    layout = find_songs(path, artist_folders=artist_folders)
    heard = listen_all([song.path for song in layout.songs], progress=progress, processes=processes, memory=memory)
    problems = _passed_over(layout, path)
    tracks: list[Track] = []
    ids = _ids(layout.songs)
    for song, sound in zip(layout.songs, heard, strict=True):
        if sound.kind:
            problems.append(Problem(_shown(song.path, path), sound.kind, sound.message))
            continue
        extra = {"sample_rate": str(sound.sample_rate), "format": sound.format, "part": song.part or ""}
        extra = {key: value for key, value in extra.items() if value}
        tracks.append(Track(ids[song.path], song.genre, song.path, song.artist, sound.seconds, sound.sha256, extra))
    tracks, repeats = _without_repeats(tracks, path)
    if len(genres := sorted({track.genre for track in tracks})) < 2:
        first = f" The first of {len(problems)} problems: {problems[0].file}: {problems[0].message}" if problems else ""
        raise DatasetError(
            f"Expected songs of at least two genres that can be read in {path}. Received: {', '.join(genres) or 'none'}.{first}"
        )
    return Dataset(name, tuple(tracks), title=title or name, problems=(*problems, *repeats))


def _name_of(path: Path) -> str:
    """A data set's name made of its folder's, or of the folder above where that says more."""
    for part in reversed(path.parts):
        plain = re.sub(r"[^\w.-]+", "-", part)[:64].strip("-.")
        if plain and plain.lower() not in _GENERIC:
            return check_name(plain)
    return "songs"


def _shown(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _passed_over(layout: Layout, folder: Path) -> list[Problem]:
    """Songs outside of any genre folder, one by one; files that are no songs, as one line with their number."""
    problems = [
        Problem(_shown(file, folder), "no_genre", "The file lies in no genre folder. Move it into the folder of its genre.")
        for file in layout.loose
    ]
    if layout.beside:
        message = f"{len(layout.beside)} songs lie beside the genre folders of {layout.home.name}/ and were not imported."
        problems.append(Problem(_shown(layout.beside[0].parent, folder), "beside", message))
    counts = [f"{count} {suffix}" for suffix, count in layout.no_audio.most_common()]
    if layout.n_hidden:
        counts.append(f"{layout.n_hidden} hidden")
    if counts:
        total = sum(layout.no_audio.values()) + layout.n_hidden
        words = "1 file was" if total == 1 else f"{total} files were"
        problems.append(Problem(".", "ignored", f"{words} ignored, being no audio by name: {', '.join(counts)}."))
    return problems


def _ids(songs: list[SongFile]) -> dict[Path, str]:
    """An id for each file; where names repeat, the extension and then a number tell them apart."""
    stems = Counter(song.path.stem for song in songs)
    ids: dict[Path, str] = {}
    taken: set[str] = set()
    places = Counter(f"{song.genre}/{Path(song.inside).with_suffix('').as_posix()}" for song in songs)
    for song in songs:
        if stems[song.path.stem] == 1 and _IN_ORDER.fullmatch(song.path.stem):
            wanted = song.path.stem
        else:
            wanted = f"{song.genre}/{Path(song.inside).with_suffix('').as_posix()}"
            if places[wanted] > 1:
                wanted = f"{song.genre}/{song.inside}"
        number, unique = 2, wanted
        while unique in taken:
            number, unique = number + 1, f"{wanted} ({number})"
        taken.add(unique)
        ids[song.path] = unique
    return ids


def _without_repeats(tracks: list[Track], folder: Path) -> tuple[list[Track], list[Problem]]:
    """Tracks without those whose audio the same genre holds already, and a problem for each repeat."""
    kept: list[Track] = []
    problems = []
    first: dict[str, list[Track]] = {}
    for track in tracks:
        same = first.setdefault(track.sha256, [])
        file = _shown(track.path or folder, folder)
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
