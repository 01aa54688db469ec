"""What is played in front of a class: prepared lists of songs, of data sets and of playlist files."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genre_core.collection.playlists import PlaylistEntry, list_playlists, read_playlist
from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.tracks import RECIPE, SYNTHESISED, Dataset, Track
from genre_core.errors import CollectionError
from pages.ui import cached, pickers
from pages.ui.caches_collection import file_reader
from pages.ui.classify.hearing import Song
from pages.ui.root import root

EACH, HARDEST, GENRE, FILE = "each", "hard", "genre", "file"
"""What the name of a list begins with; after a colon stands what of."""
OWN = "own"
"""The list of what the visitor brought: nobody else has it."""

HARD_FILE = Path(__file__).resolve().parents[2] / "texts" / "hard_songs.toml"
"""The demo songs of which the default model is least sure, as `benchmarks.hard_songs` found them."""


@dataclass(frozen=True)
class Item:
    """A song of a list, with its title and the genre that its data set gives it, where it has one."""

    song: Song
    title: str
    genre: str | None = None


@dataclass(frozen=True)
class Lineup:
    """Songs in the order in which they are played, and what must be known of them."""

    title: str
    items: tuple[Item, ...]
    note: str = ""


def lineups(own: Sequence[Song] = ()) -> dict[str, str]:
    """All lists: name in the URL -> title; `own` is what the visitor brought."""
    found: dict[str, str] = {OWN: "What you brought"} if own else {}
    audible = {name: dataset for name, dataset in pickers.datasets().items() if any(track.path for track in dataset.tracks)}
    for name, dataset in audible.items():
        if len(dataset.genres) > 1:
            found[f"{EACH}:{name}"] = f"One of each genre · {pickers.label(dataset)}"
        if name == DEMO_NAME and _hard(dataset)[1]:
            found[f"{HARDEST}:{name}"] = f"Hard to tell apart · {pickers.label(dataset)}"
    for path in list_playlists(root().playlists):
        found[f"{FILE}:{path.name}"] = path.stem
    for name, dataset in audible.items():
        for genre in dataset.genres:
            found[f"{GENRE}:{name}/{genre}"] = f"{genre} · {pickers.label(dataset)}"
    return found


def open_lineup(name: str, own: Sequence[Song] = ()) -> Lineup:
    """The list of that name; `own` is what the visitor brought.

    Raises
    ------
    CollectionError
        If it is a file that cannot be read, or names no song.
    """
    if name == OWN:
        return Lineup("What you brought", tuple(Item(song, song.name) for song in own))
    kind, _, of = name.partition(":")
    if kind == FILE:
        return _of_file(root().playlists / Path(of).name)
    of, _, genre = of.partition("/")
    dataset = pickers.datasets()[of]
    tracks = [track for track in dataset.tracks if track.path is not None]
    if kind == EACH:
        firsts = {track.genre: track for track in reversed(tracks)}
        return _of_tracks("One of each genre", dataset, _shuffled(firsts.values()))
    if kind == HARDEST:
        model, hard = _hard(dataset)
        told = f"The songs of which the model “{model}” was least sure: its two likeliest genres lie closest together."
        return _of_tracks("Hard to tell apart", dataset, hard, told)
    return _of_tracks(genre, dataset, [track for track in tracks if track.genre == genre])


def _hard(dataset: Dataset) -> tuple[str, list[Track]]:
    """Who was asked, and the songs of which it was least sure; without those that are made by another recipe here."""
    told = tomllib.loads(HARD_FILE.read_text(encoding="utf-8"))
    known = {(track.id, track.extra.get(RECIPE)): track for track in dataset.tracks if track.path is not None}
    wanted = [(song["id"], song["recipe"]) for song in told["songs"]]
    return told["title"], [known[song] for song in wanted if song in known]


def _shuffled(tracks: Iterable[Track]) -> list[Track]:
    """In an order that follows from the songs alone, and gives no genre away."""
    return sorted(tracks, key=lambda track: hashlib.sha256(track.id.encode()).digest())


def _of_tracks(title: str, dataset: Dataset, tracks: Iterable[Track], told: str = "") -> Lineup:
    note = "These songs are synthesised: each plays at being its genre." if dataset.note == SYNTHESISED else ""
    return Lineup(title, tuple(_item(dataset, track) for track in tracks), " ".join(words for words in (told, note) if words))


def _item(dataset: Dataset, track: Track) -> Item:
    assert track.path is not None  # only tracks that can be heard are taken
    name = pickers.reference(dataset, track)
    song = Song(("track", name, track.sha256), name, track.path, cached.track_reader(track), track.sha256)
    title = " · ".join(word for word in (track.extra.get("title") or track.id, track.artist) if word)
    return Item(song, title, track.genre)


def _of_file(path: Path) -> Lineup:
    playlist = read_playlist(path)
    if not playlist.entries:
        raise CollectionError(f"The playlist {path.name} names no song of this machine. Choose another, or make one.")
    known: Mapping[Path, tuple[Dataset, Track]] = {
        track.path: (dataset, track)
        for dataset in pickers.datasets().values()
        for track in dataset.tracks
        if track.path is not None
    }
    return Lineup(playlist.title, tuple(_of_entry(entry, known) for entry in playlist.entries))


def _of_entry(entry: PlaylistEntry, known: Mapping[Path, tuple[Dataset, Track]]) -> Item:
    if entry.path in known:
        return _item(*known[entry.path])
    stands_for = hashlib.sha256(f"{entry.path} {cached.stamp(entry.path)}".encode("utf-8", "surrogateescape")).hexdigest()
    return Item(Song(("file", stands_for), entry.shown, entry.path, file_reader(entry.path), stands_for), entry.shown)
