"""Whether a new data set may take a name, and which one is free: asked before anything is read or fetched."""

from __future__ import annotations

from pathlib import Path

from genre_core.datasets.importers import checked_name
from genre_core.datasets.places import folder_of, has_head
from genre_core.datasets.removed import NameTakenError, taken
from genre_core.errors import DatasetError

__all__ = ["NameTakenError", "check_free", "free_name", "why_not_free"]


def check_free(name: str, root_datasets: Path, *, replace: bool = False) -> str:
    """`name` itself, if an import may take it.

    Raises
    ------
    NameTakenError
        If a data set has it and is not to be replaced; the message suggests one that is free.
    DatasetError
        If it can be no name, or belongs to the demo set.
    """
    if has_head(folder_of(checked_name(name), root_datasets)) and not replace:
        raise taken(name, free_name(name, root_datasets))
    return name


def why_not_free(name: str, root_datasets: Path, *, replace: bool = False) -> str:
    """Why an import may not take a name, in a sentence; empty where it may."""
    try:
        check_free(name, root_datasets, replace=replace)
    except DatasetError as error:
        return str(error)
    return ""


def free_name(name: str, root_datasets: Path) -> str:
    """A name like this one that no data set has: `gtzan-2`."""
    number = 2
    while has_head(folder_of(wanted := f"{name[:58]}-{number}", root_datasets)):
        number += 1
    return wanted
