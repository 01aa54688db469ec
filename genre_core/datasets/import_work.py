"""The job that imports a folder of songs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import check_name, list_datasets, load_dataset, save_dataset
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError
from genre_core.jobs import Journal
from genre_core.paths import Root

MEMORY = "heard.jsonl"
"""What an import has read so far, in its job's folder: a continued one does not read it again."""


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Import `values["folder"]`; further values are those of `import_folder`, and `replace`.

    Raises
    ------
    DatasetError
        If the folder cannot be used, or a data set of this name is here and is not to be replaced.
    """
    name, replace = values.get("name") or None, bool(values.get("replace"))
    memory = journal.folder / MEMORY
    continued = memory.exists()
    if name is not None and not continued:  # an earlier start of this job has asked already
        _refuse_taken(check_name(name), root, replace)
    dataset = import_folder(
        Path(values["folder"]),
        name=name,
        title=values.get("title", ""),
        artist_folders=values.get("artist_folders", True),
        progress=journal.counting("working", "Reading songs"),
        processes=values.get("processes"),
        memory=memory,
    )
    if not (continued and _saved_already(dataset, root)):
        _refuse_taken(dataset.name, root, replace)
        save_dataset(dataset, root.datasets)
    result = summary(dataset, root)
    words = f"{dataset.name}: {len(dataset.tracks)} songs in {len(dataset.genres)} genres"
    if dataset.problems:
        words += f", {len(dataset.problems)} left out or doubtful"
    journal.report("finished", words, progress=1.0, seconds_left=0.0, result=result)
    memory.unlink(missing_ok=True)  # last, so that a job that broke off before knows that it began
    return result


def summary(dataset: Dataset, root: Root) -> dict[str, Any]:
    """What an import found, as plain values."""
    return {
        "dataset": dataset.name,
        "tracks": len(dataset.tracks),
        "genres": dict(sorted(Counter(track.genre for track in dataset.tracks).items())),
        "seconds": round(sum(track.seconds for track in dataset.tracks), 3),
        "artists_known": dataset.artists_known,
        "fingerprint": dataset.fingerprint,
        "problems": [asdict(problem) for problem in dataset.problems],
        "folder": str(root.datasets / dataset.name),
    }


def _saved_already(dataset: Dataset, root: Root) -> bool:
    """Whether this very data set is there: a job that is continued may have been broken off right after saving."""
    try:
        return load_dataset(dataset.name, root.datasets) == dataset
    except DatasetError:
        return False


def _refuse_taken(name: str, root: Root, replace: bool) -> None:
    if name in list_datasets(root.datasets) and not replace:
        raise DatasetError(f"There is a data set named {name!r} already. Give another name, or replace it (--replace).")
