"""Where things live below one root folder. Only `app`'s pages and the command line decide which root."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent

BACKBONES = _PROJECT / "artifacts" / "backbones"
"""Folder of the pretrained nets that come with the product; read, and written by the command that rebuilds them."""


@dataclass(frozen=True)
class Root:
    """Folder that data sets, features and runs are written to.

    Attributes
    ----------
    path : Path
        The root itself.
    shipped : Path
        Folder of the models that come with the product; read, never written.
    """

    path: Path
    shipped: Path = _PROJECT / "artifacts" / "models"

    @property
    def datasets(self) -> Path:
        return self.path / "datasets"

    @property
    def features(self) -> Path:
        return self.path / "features"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def jobs(self) -> Path:
        """Imports, extractions and the like; a training's folder lies in `runs`, since it becomes a run."""
        return self.path / "jobs"

    @property
    def searches(self) -> Path:
        """What searches of settings have tried; a search's job has the same name in `jobs`."""
        return self.path / "searches"

    @property
    def inspections(self) -> Path:
        """What was found out about runs, a folder a run: maps, what it listened to, what copies of songs do to it."""
        return self.path / "inspections"

    @property
    def collections(self) -> Path:
        """What runs have said of folders of songs, a folder each."""
        return self.path / "collections"

    @property
    def playlists(self) -> Path:
        """Playlists that were kept, M3U8."""
        return self.path / "playlists"

    @property
    def uploads(self) -> Path:
        """Archives that were uploaded, until they are imported."""
        return self.path / "uploads"

    @property
    def downloads(self) -> Path:
        """What was fetched from the net: archives, and the songs unpacked from them."""
        return self.path / "downloads"


@dataclass(frozen=True)
class Annex(Root):
    """A root whose runs lie apart from the user's own; data sets, features and the queue of jobs are those of `path`.

    Attributes
    ----------
    place : Path
        Folder of these runs.
    """

    place: Path = Path("runs")

    @property
    def runs(self) -> Path:
        return self.place


def find_root(given: str | os.PathLike[str] | None = None) -> Root:
    """The root to use: the one given, else the variable GENRE_HOME, else `artifacts/` beside the product."""
    chosen = given or os.environ.get("GENRE_HOME") or _PROJECT / "artifacts"
    return Root(Path(chosen).expanduser().resolve())
