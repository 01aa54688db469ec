"""Versions of a data set: a corrected label makes a new one, and the old one stays, for the runs that learned from it."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from genre_core.datasets.library import VERSIONS, load_dataset, read_head, read_saved, save_dataset
from genre_core.datasets.places import HEAD, TABLE, changing, folder_of, has_head, no_such
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError
from genre_core.files import sync_folder, temporary_beside, why_not_written, write_json, write_whole

_NAMED = 3
"""Changes that a note names one by one."""


class Version(NamedTuple):
    """One version of a data set: its number from 1, when it was made, and what was new in it."""

    number: int
    created: datetime
    note: str


def relabel(dataset: Dataset, genres: Mapping[str, str]) -> Dataset:
    """A data set with other genres for some tracks, by id; nothing is saved.

    Raises
    ------
    DatasetError
        If an id is none of its tracks, a genre is empty, or fewer than two genres are left.
    """
    if unknown := sorted(set(genres) - set(dataset.by_id)):
        raise DatasetError(f"The data set {dataset.name!r} has no track {unknown[0]!r}. Take an id from its table.")
    named = {track_id: canonical_genre(genre) for track_id, genre in genres.items()}
    if empty := sorted(track_id for track_id, genre in named.items() if not genre):
        raise DatasetError(f"A track needs a genre. Received: none for {empty[0]!r}.")
    tracks = tuple(replace(track, genre=named.get(track.id, track.genre)) for track in dataset.tracks)
    changed = replace(dataset, tracks=tracks)
    if len(changed.genres) < 2:
        raise DatasetError(f"A data set needs at least two genres. Received: {', '.join(changed.genres)} alone.")
    return changed


def leave_out(dataset: Dataset, ids: Collection[str]) -> Dataset:
    """A data set without some tracks, by id; nothing is saved, and no file is touched.

    Raises
    ------
    DatasetError
        If an id is none of its tracks, or fewer than two genres are left.
    """
    if unknown := sorted(set(ids) - set(dataset.by_id)):
        raise DatasetError(f"The data set {dataset.name!r} has no track {unknown[0]!r}. Take an id from its table.")
    changed = replace(dataset, tracks=tuple(track for track in dataset.tracks if track.id not in set(ids)))
    if len(changed.genres) < 2:
        raise DatasetError(f"A data set needs at least two genres. Left would be: {', '.join(changed.genres) or 'none'}.")
    return changed


def save_version(dataset: Dataset, root_datasets: Path, *, note: str = "") -> Dataset:
    """Save `dataset` as the next version of the one of its name; the present one is kept.

    Parameters
    ----------
    dataset : Dataset
        The present version with changes (`relabel`, or other tracks or words).
    root_datasets : Path
        Folder of all data sets.
    note : str
        What is new; by default the changes in a few words.

    Returns
    -------
    Dataset
        With its new number. `dataset` itself where nothing has changed.

    Raises
    ------
    DatasetError
        If the data set is not here, has been changed by somebody else meanwhile, or cannot be written.
    """
    folder = folder_of(dataset.name, root_datasets)
    if not has_head(folder):
        raise no_such(dataset.name, root_datasets)
    with changing(root_datasets):
        present = load_dataset(dataset.name, root_datasets)
        if present.version != dataset.version:
            raise DatasetError(
                f"The data set {dataset.name!r} has become version {present.version} meanwhile. Received: a change of version "
                f"{dataset.version}. Load it again and make the change there."
            )
        if present == dataset and _extras(present) == _extras(dataset):
            return dataset
        _keep(folder, dataset.name, present.version)
        following = replace(dataset, version=max(_numbers(folder) | {present.version}) + 1)
        save_dataset(following, root_datasets, version_note=note or changes(present, dataset))
    return following


def list_versions(name: str, root_datasets: Path) -> list[Version]:
    """Versions of a data set, the present one last.

    Raises
    ------
    DatasetError
        If there is no such data set, or its head is damaged.
    """
    return [_version(head) for head in _heads(name, root_datasets)]


def version_of(name: str, root_datasets: Path, fingerprint: str) -> int | None:
    """The version with this `Dataset.fingerprint`, the latest where several have it; None where none has."""
    for head in reversed(_heads(name, root_datasets)):
        number = int(head.get("version", 1))
        known = head.get("fingerprint")
        if fingerprint == (known if known else load_dataset(name, root_datasets, number).fingerprint):
            return number
    return None


def load_learned(name: str, root_datasets: Path, fingerprint: str) -> Dataset:
    """The version that a run with this fingerprint of its data set learned from; the present one where none is the same.

    Raises
    ------
    DatasetError
        What `load_dataset` raises.
    """
    present = load_dataset(name, root_datasets)
    number = None if present.fingerprint == fingerprint else version_of(name, root_datasets, fingerprint)
    return present if number is None else load_dataset(name, root_datasets, number)


def restore_version(name: str, root_datasets: Path, number: int) -> Dataset:
    """Let a former version be in force again, as a new one; nothing is lost."""
    with changing(root_datasets):
        present = load_dataset(name, root_datasets)
        former = load_dataset(name, root_datasets, number)
        return save_version(replace(former, version=present.version), root_datasets, note=f"as version {number}")


def changes(before: Dataset, after: Dataset) -> str:
    """What differs between two versions, in a few words."""
    relabelled = [
        f"{track.id}: {before.by_id[track.id].genre} → {track.genre}"
        for track in after.tracks
        if track.id in before.by_id and before.by_id[track.id].genre != track.genre
    ]
    words = [", ".join(relabelled) if len(relabelled) <= _NAMED else f"{len(relabelled)} genres corrected"] if relabelled else []
    gone, come = len(set(before.by_id) - set(after.by_id)), len(set(after.by_id) - set(before.by_id))
    words += [f"{count} track{'s' * (count > 1)} {what}" for count, what in ((gone, "left out"), (come, "added")) if count]
    return "; ".join(words) or "other words about the tracks"


def _extras(dataset: Dataset) -> list[dict[str, str]]:
    return [track.extra for track in dataset.tracks]


def _heads(name: str, root_datasets: Path) -> list[dict[str, Any]]:
    folder = folder_of(name, root_datasets)
    present = read_head(folder / HEAD, name, folder)
    found = {int(present.get("version", 1)): present}
    for number in _numbers(folder):
        path = folder / VERSIONS / str(number) / HEAD
        if path.is_file():
            found.setdefault(number, read_head(path, name, folder))
    return [found[number] for number in sorted(found)]


def _version(head: dict[str, Any]) -> Version:
    try:
        created = datetime.fromisoformat(str(head.get("created")))
    except ValueError:  # saved before versions were kept
        created = datetime.fromtimestamp(0, UTC)
    return Version(int(head.get("version", 1)), created, str(head.get("version_note", "")))


def _numbers(folder: Path) -> set[int]:
    place = folder / VERSIONS
    return {int(entry.name) for entry in place.iterdir() if entry.name.isdecimal()} if place.is_dir() else set()


def _keep(folder: Path, name: str, number: int) -> None:
    """Copy the version that is in force to `versions/<number>/`, whole or not at all."""
    head, table = read_saved(folder, name)
    place = folder / VERSIONS / str(number)
    if (place / HEAD).is_file():
        return  # an earlier attempt came as far as this
    made = temporary_beside(place)
    try:
        made.mkdir(parents=True)
        write_whole(made / TABLE, table)
        write_json(made / HEAD, {"version": number, **head})
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
        sync_folder(place.parent)
    except OSError as error:
        shutil.rmtree(made, ignore_errors=True)
        raise DatasetError(f"Version {number} of {name!r} cannot be kept in {place}: {why_not_written(error)}") from error
