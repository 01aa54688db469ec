"""The runs below a root: list them, find one, the one to ask where none is named."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from genre_core.errors import RunError
from genre_core.paths import Root
from genre_core.runs.changes import cannot_write, changing
from genre_core.runs.deleted import DELETED, DeletedRun, bring_back, list_deleted
from genre_core.runs.manifest import MANIFEST
from genre_core.runs.run import Run

DEFAULT_RUN = "ten-genres"
"""Folder of the shipped run that classifies where none is named."""


_MOST_KEPT = 256
_kept: dict[Path, tuple[tuple[int, ...], Run]] = {}
"""Runs by folder with the stamp of their manifest, oldest first: a page lists them at every click, a class has many."""

_keeping = threading.Lock()


class DamagedRun(NamedTuple):
    """A folder that should be a run and is not."""

    folder: Path
    message: str


def scan_runs(root: Root) -> tuple[list[Run], list[DamagedRun]]:
    """Finished runs, newest first (own ones before shipped ones), and the folders whose run is damaged."""
    runs: list[Run] = []
    damaged: list[DamagedRun] = []
    for place in (root.runs, root.shipped):
        found = []
        for folder in sorted(place.iterdir()) if place.is_dir() else []:
            # Hidden folders hold what is deleted, or not yet imported whole.
            if folder.name.startswith(".") or not (folder / MANIFEST).is_file():
                continue
            try:
                found.append(_load(folder))
            except RunError as error:
                damaged.append(DamagedRun(folder, str(error)))
        runs += sorted(found, key=lambda run: run.created, reverse=True)
    return runs, damaged


def _load(folder: Path) -> Run:
    """`Run.load`, read again only when the manifest's file is another."""
    try:
        facts = (folder / MANIFEST).stat()
    except OSError:  # deleted since the folder was listed: the sentence comes from the reading
        return Run.load(folder)
    stamp = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
    with _keeping:
        known = _kept.get(folder)
    if known is not None and known[0] == stamp:
        return known[1]
    run = Run.load(folder)
    with _keeping:
        _kept.pop(folder, None)
        while len(_kept) >= _MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[folder] = (stamp, run)
    return run


def list_runs(root: Root) -> list[Run]:
    """Finished runs, newest first, own ones before shipped ones; damaged ones are left out (`scan_runs` names them)."""
    return scan_runs(root)[0]


def unused_title(title: str, root: Root) -> str:
    """The title, with a number behind it where a run is called so already, so that two can be told apart in a list."""
    taken = {run.title for run in list_runs(root)}
    numbered = (f"{title} {number}" for number in count(2))
    return title if title not in taken else next(found for found in numbered if found not in taken)


def find_run(name: str, root: Root) -> Run:
    """The run of that id or folder name, or of an id that begins so; a path to a run's folder is taken too.

    Raises
    ------
    RunError
        If there is none, several begin so, or the one meant is damaged.
    """
    if name and (Path(name) / MANIFEST).is_file():
        return Run.load(name)
    runs, damaged = scan_runs(root)
    for entry in damaged:
        if entry.folder.name == name:
            raise RunError(entry.message)
    exact = [run for run in runs if name in (run.id, run.folder.name)]
    begun = exact[:1] or [run for run in runs if name and run.id.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    names = ", ".join(run.id for run in (begun or runs)) or "none yet"
    what = f"Several runs begin with {name!r}" if begun else f"There is no run named {name!r}"
    raise RunError(f"{what}. Choose one of: {names}.")


def default_run(root: Root) -> Run:
    """The run to ask where none is named: the shipped default, else the newest finished run.

    Raises
    ------
    RunError
        If there is no finished run at all.
    """
    if (root.shipped / DEFAULT_RUN / MANIFEST).is_file():
        return Run.load(root.shipped / DEFAULT_RUN)
    runs = [run for run in list_runs(root) if run.has_model]
    if not runs:
        raise RunError("There is no finished run yet. Train one with: python -m genre_core train")
    return runs[0]


def by_score(runs: Sequence[Run]) -> list[Run]:
    """Best accuracy first, on valid or out of fold; those without a score come after, and leaky ones last of all."""

    def key(run: Run) -> tuple[bool, float]:
        entry = run.scores.get(run.judged_role, {})
        return not run.is_leaky, entry.get(run.judged_level, {}).get("accuracy", -1.0)

    return sorted(runs, key=key, reverse=True)


def why_not_compared(runs: Sequence[Run], *, same_tracks: bool = True) -> str:
    """Why the scores of these runs must not be held against each other, as a sentence; empty where they may.

    With `same_tracks` False they may have been judged on different tracks of one data set: who asks looks at those that all of
    them judged.
    """
    leaky = [run for run in runs if run.is_leaky]
    if 0 < len(leaky) < len(runs):
        names = ", ".join(dict.fromkeys(run.title for run in leaky))
        return (
            f"The scores of {names} are leaky: segments of the same songs were learned from and judged. They don't compare with "
            "scores of songs that a model has not heard."
        )
    if len({run.dataset_fingerprint for run in runs}) > 1:
        titles = dict.fromkeys(run.dataset_title for run in runs)
        what = f"data sets ({', '.join(titles)})" if len(titles) > 1 else f"versions of the data set {next(iter(titles))}"
        told = " What corrected labels change is told by `compare --corrected`, and on Inspect." if len(titles) == 1 else ""
        return f"These runs were judged on different {what}, so their scores don't compare. Train both on the same one.{told}"
    if leaky and len({(run.manifest["split"].get("seed"), run.segments.fingerprint) for run in runs}) > 1:
        return "These runs were judged on different random segments (leaky), so their scores don't compare."
    if same_tracks and len({frozenset(run.track_ids(run.judged_role)) for run in runs}) > 1:
        words = {"folds": "out of fold", "valid": "on the valid tracks"}
        names = ", ".join(dict.fromkeys(f"{words[run.judged_role]}, {run.split_title}" for run in runs))
        return (
            f"These runs were judged on different tracks ({names}), so their scores don't compare. Use the same split for both."
        )
    return ""


def deleted_runs(root: Root) -> list[DeletedRun]:
    """Runs that were deleted and can still be brought back, latest first."""
    return list_deleted(root.runs / DELETED)


def restore_run(name: str, root: Root) -> Run:
    """Bring back the run of that id that was deleted last.

    Raises
    ------
    RunError
        If none of that id was deleted lately, or there is a run of its name again.
    """
    with changing(root.runs):
        deleted = deleted_runs(root)
        found = next((entry for entry in deleted if name in (entry.id, entry.name, entry.folder.name)), None)
        if found is None:
            names = ", ".join(entry.id for entry in deleted) or "none"
            raise RunError(f"There is no deleted run named {name!r} to bring back. There are: {names}.")
        try:
            return Run.load(bring_back(found))
        except OSError as error:
            raise cannot_write(root.runs, error) from error
