"""The import of a table of features: a data set without audio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genre_core.datasets.given import import_features, save_given
from genre_core.datasets.library import list_datasets, load_dataset
from genre_core.datasets.removed import put_in_place, taken
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError
from genre_core.jobs import Journal
from genre_core.paths import Root

STAGED = "made"
"""Folder of the job in which the data set is made before it takes its place."""


def import_table(path: Path, root: Root, journal: Journal, *, name: str | None, title: str, replace: bool) -> Dataset:
    """Import a table of features as `root.datasets / name`.

    Raises
    ------
    DatasetError
        As `import_features`, or if a data set of this name is here and is not to be replaced.
    """
    journal.report("working", "Reading the table")
    dataset, values = import_features(path, name=name, title=title)
    journal.heed_stop()
    if _is_here(dataset, root):
        return dataset  # this job was broken off right after its work was done, or the same table is here already
    if dataset.name in list_datasets(root.datasets) and not replace:
        raise taken(dataset.name)
    save_given(dataset, values, journal.folder / STAGED, made_by=journal.folder.name)
    put_in_place(journal.folder / STAGED / dataset.name, root.datasets, replace=replace)
    return dataset


def _is_here(dataset: Dataset, root: Root) -> bool:
    try:
        return load_dataset(dataset.name, root.datasets) == dataset
    except DatasetError:
        return False


def words(dataset: Dataset) -> str:
    """What was imported, in a sentence."""
    text = f"{dataset.name}: the numbers of {len(dataset.tracks)} tracks in {len(dataset.genres)} genres, without audio"
    return text + (f", {len(dataset.problems)} remarks" if dataset.problems else "")


def summary_of(dataset: Dataset) -> dict[str, Any]:
    """What such a data set gives, beside what every import's summary says."""
    return {"given": list(dataset.given), "has_audio": dataset.has_audio}
