"""Collections on disk: which songs, heard by which run, and what was said of them; `collections/<name>/`."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genre_core.collection.files import Song, Songs
from genre_core.collection.memory import Memory
from genre_core.collection.table import Row, Table
from genre_core.datasets.notebook import State, state_of
from genre_core.datasets.places import check_name
from genre_core.datasets.tracks import Problem
from genre_core.errors import CollectionError, DatasetError, ParameterError
from genre_core.files import why_not_written, write_json
from genre_core.inspection.measured import model_fingerprint
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import Run

HEAD = "collection.json"
LISTED = "songs.json"
_FORMAT = 1
_NOT_THERE = -1
"""Size and time of a file that cannot be looked at."""


@dataclass(frozen=True)
class Source:
    """Where the songs of a collection come from: folders and files, or a data set by name."""

    paths: tuple[Path, ...] = ()
    dataset: str = ""

    @property
    def shown(self) -> str:
        """In a few words: the folder's name, or that of the data set."""
        if self.dataset:
            return self.dataset
        more = f" and {len(self.paths) - 1} more" if len(self.paths) > 1 else ""
        return f"{self.paths[0].name or self.paths[0]}{more}" if self.paths else ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values; `of_dict` reads them."""
        return {"paths": [str(path) for path in self.paths], "dataset": self.dataset}

    @classmethod
    def of_dict(cls, values: Mapping[str, Any]) -> Source:
        """The source that `to_dict` wrote."""
        return cls(tuple(Path(path) for path in values.get("paths", ())), str(values.get("dataset", "")))


@dataclass(frozen=True)
class Collection:
    """Songs of a source, and what a run has said of them by now.

    Attributes
    ----------
    folder : Path
        Its name is the collection's.
    source : Source
    run, run_title : str
        Who was asked: id and words.
    model : str
        Fingerprint of that run's model when it was asked last.
    genres : tuple of str
    created : datetime
    """

    folder: Path
    source: Source
    run: str
    run_title: str
    model: str
    genres: tuple[str, ...]
    created: datetime

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def shown(self) -> str:
        """In a few words: the name that somebody gave it, with where its songs come from."""
        if self.name == collection_name(self.source, self.run):
            return self.source.shown
        return self.name if self.name == self.source.shown else f"{self.name} ({self.source.shown})"

    @property
    def memory(self) -> Memory:
        """What the model said."""
        return Memory(self.folder, self.model, self.genres)

    def listed(self) -> tuple[list[tuple[Song, State]], Songs]:
        """The songs that were found when they were looked for last, each with the state of its file then; and the same with what
        stood in the way. `CollectionError` if the list is damaged.
        """
        path = self.folder / LISTED
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            songs = [(Song(Path(at), *told), (at, int(size), int(time))) for at, size, time, *told in values["songs"]]
            problems = tuple(Problem(str(file), str(kind), str(message)) for file, kind, message in values["problems"])
            return songs, Songs(tuple(song for song, _ in songs), problems, str(values.get("passed_over", "")))
        except FileNotFoundError:
            return [], Songs(())
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CollectionError(f"{path} is damaged ({error}). Remove the collection, and hear its songs again.") from error

    def table(self, *, as_heard: bool = False) -> Table:
        """All that was said by now, in the order of the songs; or of their hearing, where each further one is to come last."""
        said = self.memory.read()
        songs, found = self.listed()
        if as_heard:
            by_state = {state: song for song, state in songs}
            rows = [Row(by_state[state], told) for state, told in said.items() if state in by_state]
        else:
            rows = [Row(song, said[state]) for song, state in songs if state in said]
        return Table(self.genres, self.run, tuple(rows), len(songs), found.problems, found.passed_over)

    def save(self) -> None:
        """Write its head; `CollectionError` if that fails."""
        values = {
            "format": _FORMAT,
            "source": self.source.to_dict(),
            "run": self.run,
            "run_title": self.run_title,
            "model": self.model,
            "genres": list(self.genres),
            "created": self.created.isoformat(),
        }
        self._write(HEAD, values)

    def list_songs(self, found: Songs) -> list[tuple[Song, State]]:
        """Note which songs there are, with the state of their files; the same pairs as `listed` has from then on."""
        pairs = [(song, state_of(song.path) or (str(song.path.absolute()), _NOT_THERE, _NOT_THERE)) for song in found.songs]
        self._write(
            LISTED,
            {
                "songs": [[*state, song.title, song.artist, song.said_genre] for song, state in pairs],
                "problems": [[problem.file, problem.kind, problem.message] for problem in found.problems],
                "passed_over": found.passed_over,
            },
        )
        return pairs

    def _write(self, name: str, values: Mapping[str, Any]) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_json(self.folder / name, values)
        except OSError as error:
            raise CollectionError(f"The collection cannot be written to {self.folder}: {why_not_written(error)}") from error

    def forget_other_models(self) -> None:
        """Delete what former models of the same run said; nothing reads it any more."""
        for path in self.folder.glob("said-*"):
            if path not in (self.memory.lines, self.memory.beside):
                path.unlink(missing_ok=True)


def collection_name(source: Source, run: str) -> str:
    """The name under which the answers of a run, given by its id, are kept where nobody gives one: the same each time."""
    plain = unicodedata.normalize("NFKD", source.shown).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:40].strip("-").lower() or "songs"
    # Stray bytes of a folder's name are letters that no UTF-8 has: they are spelt out.
    return f"{slug}-{fingerprint([ascii(source.to_dict()), run])[:6]}"


def begin_collection(name: str, source: Source, run: Run, root: Root) -> Collection:
    """The collection of that name, begun where there is none; what the run has said of its songs counts on.

    Raises
    ------
    CollectionError
        If the name belongs to another source or run, can be none, or the folder cannot be written.
    RunError
        If the run holds no model.
    """
    folder = _folder(name, root)
    model = model_fingerprint(run)
    created = datetime.now(UTC)
    if (folder / HEAD).exists():
        former = load_collection(name, root)
        if former.run != run.id or former.source != source:
            raise CollectionError(
                f"The collection {name!r} holds what {former.run_title!r} said of {former.source.shown!r}. Received: "
                f"{run.title!r} and {source.shown!r}. Choose another name, or remove it first."
            )
        created = former.created
    collection = Collection(folder, source, run.id, run.title, model, tuple(run.genres), created)
    collection.save()
    collection.forget_other_models()
    return collection


def load_collection(name: str, root: Root) -> Collection:
    """A collection by its name, or the beginning of it.

    Raises
    ------
    CollectionError
        If there is none, several begin so, or it is damaged.
    """
    names = list_collections(root)
    begun = [name] if name in names else [known for known in names if name and known.startswith(name)]
    if len(begun) != 1:
        what = f"Several collections begin with {name!r}" if begun else f"There is no collection named {name!r}"
        known = ", ".join(begun or names) or "none yet: classify --keep NAME FOLDER makes one"
        raise CollectionError(f"{what}. There are: {known}.")
    folder = root.collections / begun[0]
    try:
        values = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        if values["format"] != _FORMAT:
            raise ValueError(f"format {values['format']} is unknown here")
        genres = tuple(str(genre) for genre in values["genres"])
        source, created = Source.of_dict(values["source"]), datetime.fromisoformat(values["created"])
        run, title, model = (str(values[key]) for key in ("run", "run_title", "model"))
        return Collection(folder, source, run, title, model, genres, created)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CollectionError(
            f"The collection {begun[0]!r} is damaged ({error}). Remove it, and hear its songs again."
        ) from error


def list_collections(root: Root) -> list[str]:
    """Names of the collections there, in alphabetical order; a damaged one is listed too."""
    try:
        return sorted(entry.name for entry in root.collections.iterdir() if (entry / HEAD).is_file())
    except OSError:
        return []


def remove_collection(name: str, root: Root) -> None:
    """Delete what was noted of the songs; the songs themselves stay where they are.

    Raises
    ------
    CollectionError
        If there is none of that name, or it cannot be deleted.
    """
    if name not in list_collections(root):
        raise CollectionError(f"There is no collection named {name!r}.")
    try:
        shutil.rmtree(_folder(name, root))
    except OSError as error:
        raise CollectionError(f"The collection {name!r} cannot be deleted: {why_not_written(error)}") from error


def named(wanted: Sequence[Path]) -> tuple[Path, ...]:
    """Paths as a source holds them: absolute, each once."""
    if not wanted:
        raise ParameterError("Expected a folder or songs. Received: none.")
    return tuple(dict.fromkeys(path.expanduser().absolute() for path in wanted))


def _folder(name: str, root: Root) -> Path:
    try:
        return root.collections / check_name(name)
    except DatasetError as error:
        raise CollectionError(str(error).replace("A data set's name", "A collection's name")) from error
