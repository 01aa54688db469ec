"""The job that imports songs, wherever they come from: look, unpack where need be, decode, and take the place at once."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genre_core.datasets import sources
from genre_core.datasets.importers import import_songs
from genre_core.datasets.library import list_datasets, load_dataset, save_dataset
from genre_core.datasets.naming import check_free
from genre_core.datasets.places import folder_of, head_value
from genre_core.datasets.removed import put_in_place
from genre_core.datasets.sources.unpacking import forget_upload
from genre_core.datasets.tracks import Dataset
from genre_core.jobs import Journal
from genre_core.paths import Root

MEMORY = "heard.jsonl"
"""What an import has read so far, in its job's folder: a continued one does not read it again."""

STAGED = ".importing"
"""Folder beside the data sets in which an import makes its own before it takes its place, a folder a job."""


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Import what lies at `values["path"]` (of older jobs `folder`).

    Further values: `source` (a name of `sources.SOURCES`, or `features`), `audio` (folder of a table's songs), `name`, `title`,
    `replace`, `artist_folders`, `processes`, `scheduler`. An upload that `sources.keep_upload` wrote is deleted at the end.

    Raises
    ------
    DatasetError
        If there is nothing to import, or a data set of this name is here and is not to be replaced.
    """
    path, name, replace = Path(values.get("path") or values["folder"]), values.get("name") or None, bool(values.get("replace"))
    memory, staged = journal.folder / MEMORY, root.datasets / STAGED / journal.folder.name
    _forget_staged(root)
    dataset = _made_by(journal, name, root) if memory.exists() else None  # broken off right after it had taken its place
    kind = "" if dataset else values.get("source") or sources.recognise(path)
    if dataset is None and kind == sources.FEATURES:
        from genre_core.datasets.given_work import import_table

        dataset = import_table(path, root, journal, name=name, title=values.get("title", ""), replace=replace)
    elif dataset is None:
        dataset = _import(path, kind, values, root, journal, staged)
    result = summary(dataset, root)
    journal.report("finished", _words(dataset), progress=1.0, seconds_left=0.0, result=result)
    forget_upload(path, root.uploads)
    shutil.rmtree(staged, ignore_errors=True)
    memory.unlink(missing_ok=True)  # last, so that a job that broke off before knows that it began
    return result


def check_import(values: dict[str, Any], root: Root) -> None:
    """Say what cannot be imported before a job begins: what `work` refuses after a look, without decoding a song.

    Raises
    ------
    DatasetError
        As `work`.
    """
    path, name, replace = Path(values["path"]), values.get("name") or None, bool(values.get("replace"))
    if name:
        check_free(name, root.datasets, replace=replace)
    kind = values.get("source") or sources.recognise(path)
    if kind == sources.FEATURES:
        from genre_core.datasets.given import import_features

        found = import_features(path, name=name)[0].name
    else:
        audio = Path(values["audio"]) if values.get("audio") else None
        found = sources.find(path, kind, artist_folders=values.get("artist_folders", True), audio=audio).name
    check_free(name or found, root.datasets, replace=replace)


def _import(path: Path, kind: str, values: dict[str, Any], root: Root, journal: Journal, staged: Path) -> Dataset:
    """Look, unpack, decode, save aside, put in place."""
    replace = bool(values.get("replace"))
    if values.get("name"):
        check_free(values["name"], root.datasets, replace=replace)
    journal.report("preparing", "Looking at the files")
    found = sources.find(
        path,
        kind,
        artist_folders=values.get("artist_folders", True),
        audio=Path(values["audio"]) if values.get("audio") else None,
        progress=journal.counting("preparing", "Looking at files"),
    )
    name = check_free(values.get("name") or found.name, root.datasets, replace=replace)
    found = sources.unpack(found, staged / name / "audio", progress=journal.counting("preparing", "Unpacking songs"))
    dataset = import_songs(
        found,
        name=name,
        title=values.get("title", ""),
        progress=journal.counting("working", "Reading songs"),
        processes=values.get("processes"),
        scheduler=values.get("scheduler"),
        memory=journal.folder / MEMORY,
    )
    save_dataset(dataset, staged, owns_audio=found.owns_audio, made_by=journal.folder.name)
    put_in_place(staged / name, root.datasets, replace=replace)
    del found, dataset  # of a hundred thousand tracks, each takes 100 MB
    return load_dataset(name, root.datasets)


def summary(dataset: Dataset, root: Root) -> dict[str, Any]:
    """What an import found, as plain values."""
    return {
        "dataset": dataset.name,
        "tracks": len(dataset.tracks),
        "genres": dict(sorted(Counter(track.genre for track in dataset.tracks).items())),
        "seconds": round(sum(track.seconds for track in dataset.tracks), 3),
        "artists_known": dataset.artists_known,
        "has_audio": dataset.has_audio,
        "fingerprint": dataset.fingerprint,
        "problems": [asdict(problem) for problem in dataset.problems],
        "folder": str(root.datasets / dataset.name),
    }


def _words(dataset: Dataset) -> str:
    songs = "songs" if dataset.has_audio else "tracks without audio"
    words = f"{dataset.name}: {len(dataset.tracks)} {songs} in {len(dataset.genres)} genres"
    return words + (f", {len(dataset.problems)} left out or doubtful" if dataset.problems else "")


def _made_by(journal: Journal, name: str | None, root: Root) -> Dataset | None:
    """The data set that this very job has put in place, if it came that far."""
    names = [name] if name else list_datasets(root.datasets)
    mine = [one for one in names if head_value(folder_of(one, root.datasets), "made_by") == journal.folder.name]
    return load_dataset(mine[0], root.datasets) if mine else None


def _forget_staged(root: Root) -> None:
    """Delete what imports were making whose jobs are gone."""
    place = root.datasets / STAGED
    for folder in place.iterdir() if place.is_dir() else ():
        if not (root.jobs / folder.name).is_dir():
            shutil.rmtree(folder, ignore_errors=True)
