"""The import of a table of features: a data set without audio."""

from __future__ import annotations

from pathlib import Path

from genre_core.datasets.given import import_features, save_given
from genre_core.datasets.naming import check_free
from genre_core.datasets.places import folder_of, has_head, head_value
from genre_core.datasets.removed import put_in_place
from genre_core.datasets.tracks import Dataset
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
    folder = folder_of(dataset.name, root.datasets)
    if has_head(folder) and head_value(folder, "made_by") == journal.folder.name:
        return dataset  # this job was broken off right after its work was done
    check_free(dataset.name, root.datasets, replace=replace)
    save_given(dataset, [values], journal.folder / STAGED, made_by=journal.folder.name)
    put_in_place(journal.folder / STAGED / dataset.name, root.datasets, replace=replace)
    return dataset
